"""Give new tickets their topics, every few minutes."""

from service.desk.topics import Topics


class TopicsGrow:
    """One round takes up a few thousand new tickets."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics

    def __call__(self) -> bool:
        """Grow once; tell whether there is more to do at once."""
        return self._topics.grow()
