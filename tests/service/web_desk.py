"""A desk behind the pages: tickets to look at, people to look, forms to send."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape

from service.db.keys import KeyRow, add_key
from service.desk.commands import OpenTicket, Person
from service.people.keys import new_key
from service.people.roles import Role

SHOWN = re.compile(r"<[^>]*>")


@dataclass
class Pages:
    """The application as a browser at this machine sees it."""

    client: object
    ids: dict = field(default_factory=dict)

    @property
    def runtime(self):
        return self.client.app.state.fenzhen.runtime

    @property
    def desk(self):
        return self.runtime.desk

    def open(self, text, name="t", **options):
        done = self.desk.do(OpenTicket("person:x", text=text, external_id=name, **options))
        assert not isinstance(done, Exception), done
        self.ids[name] = done.ticket_id
        return done.ticket_id

    def get(self, path, status=200, **options):
        reply = self.client.get(path, **options)
        assert reply.status_code == status, (path, reply.text)
        return reply.text

    def words(self, path):
        """The text of a page without its tags."""
        return " ".join(unescape(SHOWN.sub(" ", self.get(path))).split())

    def do(self, ticket_id, deed, status=303, **fields):
        reply = self.client.post(
            f"/tickets/{ticket_id}/{deed}", data=fields, follow_redirects=False
        )
        assert reply.status_code == status, reply.text
        return reply

    def ticket(self, ticket_id):
        return self.desk.load(ticket_id)

    def key(self, role=Role.READER):
        """Make a key; from now on nobody is let in without one."""
        made = new_key()
        row = KeyRow(made.public_id, f"{role}-person", role.value, made.hash, _now(), "test")
        with self.runtime.database.begin() as connection:
            add_key(connection, row)
        self.runtime.access.forget(made.public_id)
        return made.secret_text

    def log_in(self, role):
        fields = {"key": self.key(role), "next": "/inbox"}
        reply = self.client.post("/login", data=fields, follow_redirects=False)
        assert reply.status_code == 303, reply.text
        return reply


def _now():
    return datetime.now(UTC)


WANG = Person(external_id="c-1", name="王女士", phone="13800001234", tier="vip")
