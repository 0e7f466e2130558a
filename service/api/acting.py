"""Hand a command to the writer and wait until what it acknowledges is on disk."""

from asyncio import wrap_future

from service.desk.batch import Done
from service.desk.commands import Command
from service.runtime import Runtime
from triage import TriageError


async def act(runtime: Runtime, command: Command) -> Done:
    """Return what became of the command. Raises the desk's errors."""
    result = await wrap_future(runtime.writer.submit(command))
    if isinstance(result, TriageError):
        raise result
    return result
