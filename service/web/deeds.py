"""What the forms of a ticket's page do: a name, who may, and the command made of the fields."""

from collections.abc import Callable
from typing import Any

from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Command,
    Correct,
    FinishFollowUp,
    Merge,
    Reopen,
    Resume,
    SettlePromise,
    Split,
    Tag,
    Wait,
)
from service.people.access import Principal
from service.people.roles import Permission
from service.routing.wording import Said
from service.schemas.tickets import (
    AssignIn,
    CloseIn,
    CorrectionIn,
    FollowUpIn,
    MergeIn,
    MessageIn,
    NoteIn,
    PromiseIn,
    TagsIn,
)
from service.web.corrections import change_of
from service.web.frame import Fields, checked

Maker = Callable[[str, Fields, Principal], Command]


def _message(author: str) -> Maker:
    def make(ticket_id: str, fields: Fields, who: Principal) -> Command:
        item = checked(
            MessageIn,
            {
                "author": author,
                "text": fields.get("text", ""),
                "wait": "wait" in fields,
                "handled": "handled" in fields,
            },
        )
        return AddMessage(
            who.actor,
            ticket_id=ticket_id,
            author=author,
            text=item.text,
            name=who.name,
            wait=item.wait,
            handled=item.handled,
        )

    return make


def _close(ticket_id: str, fields: Fields, who: Principal) -> Command:
    item = checked(CloseIn, _only(fields, "note", "expected", "perceived"))
    return Close(who.actor, ticket_id=ticket_id, **item.model_dump())


def _reopen(ticket_id: str, fields: Fields, who: Principal) -> Command:
    item = checked(NoteIn, _only(fields, "note"))
    return Reopen(who.actor, ticket_id=ticket_id, note=item.note)


def _wait(ticket_id: str, _: Fields, who: Principal) -> Command:
    return Wait(who.actor, ticket_id=ticket_id)


def _resume(ticket_id: str, _: Fields, who: Principal) -> Command:
    return Resume(who.actor, ticket_id=ticket_id)


def _assign(ticket_id: str, fields: Fields, who: Principal) -> Command:
    item = checked(AssignIn, {"owner": fields.get("owner")})
    return Assign(who.actor, ticket_id=ticket_id, owner=item.owner)


def _tag(ticket_id: str, fields: Fields, who: Principal) -> Command:
    told: dict[str, Any] = {name: [fields[name]] for name in ("add", "remove") if name in fields}
    item = checked(TagsIn, told)
    return Tag(who.actor, ticket_id=ticket_id, add=tuple(item.add), remove=tuple(item.remove))


def _correct(ticket_id: str, fields: Fields, who: Principal) -> Command:
    changes, reason = change_of(fields)
    told = {**changes, "reason": reason, **_only(fields, "verdict_id", "note")}
    item = checked(CorrectionIn, told)
    return Correct(
        who.actor,
        ticket_id=ticket_id,
        changes=item.changes(),
        reason=item.reason,
        note=item.note,
        verdict_id=item.verdict_id,
    )


def _follow_up(ticket_id: str, fields: Fields, who: Principal) -> Command:
    item = checked(FollowUpIn, _only(fields, "outcome", "note", "expected", "perceived"))
    return FinishFollowUp(who.actor, ticket_id=ticket_id, **item.model_dump())


def _promise(ticket_id: str, fields: Fields, who: Principal) -> Command:
    item = checked(PromiseIn, _only(fields, "kept"))
    promise = fields.get("promise", "")
    return SettlePromise(who.actor, ticket_id=ticket_id, promise_id=promise, kept=item.kept)


def _merge(kind: type[Merge] | type[Split]) -> Maker:
    def make(ticket_id: str, fields: Fields, who: Principal) -> Command:
        item = checked(MergeIn, _only(fields, "source"))
        return kind(who.actor, ticket_id=ticket_id, source=item.source)

    return make


def _only(fields: Fields, *names: str) -> dict[str, str]:
    return {name: fields[name] for name in names if name in fields}


DEEDS: dict[str, tuple[Permission, Maker]] = {
    "reply": (Permission.WRITE_TICKET, _message("agent")),
    "note": (Permission.WRITE_TICKET, _message("note")),
    "close": (Permission.WRITE_TICKET, _close),
    "reopen": (Permission.WRITE_TICKET, _reopen),
    "wait": (Permission.WRITE_TICKET, _wait),
    "resume": (Permission.WRITE_TICKET, _resume),
    "assign": (Permission.WRITE_TICKET, _assign),
    "tags": (Permission.WRITE_TICKET, _tag),
    "correct": (Permission.CORRECT, _correct),
    "follow-up": (Permission.WRITE_TICKET, _follow_up),
    "promise": (Permission.WRITE_TICKET, _promise),
    "merge": (Permission.WRITE_TICKET, _merge(Merge)),
    "split": (Permission.WRITE_TICKET, _merge(Split)),
}
MADE: dict[str, Said] = {
    "reply": Said("回复已保存", "Reply kept"),
    "note": Said("备注已保存", "Note kept"),
    "close": Said("已办结", "Closed"),
    "reopen": Said("已重开", "Reopened"),
    "wait": Said("开始等客户", "Waiting for the customer"),
    "resume": Said("继续处理", "Resumed"),
    "assign": Said("负责人已更新", "Owner changed"),
    "tags": Said("标签已更新", "Tags changed"),
    "correct": Said("改判已保存，谢谢", "Correction kept, thank you"),
    "follow-up": Said("回访结果已保存", "Follow-up call kept"),
    "promise": Said("承诺已核实", "Promise settled"),
    "merge": Said("已合并", "Merged"),
    "split": Said("已撤销合并", "Merge undone"),
}
