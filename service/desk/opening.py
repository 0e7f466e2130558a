"""Open tickets: who writes, have we heard of it before, does it belong to another one."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from service.db.lookup import Earlier, earlier_tickets, known_customers
from service.desk.commands import OpenTicket, Person
from service.desk.context import Context
from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import LIVE, Customer, Identifier, Ticket
from service.tickets.thread import Message
from triage.text.pii import fingerprint

_REPEAT = timedelta(days=90)
_SNIPPET = 140
_SIMILAR = 0.35  # share of character triples in common, from which a merge is proposed
_LINKING = ("phone", "order_number", "parcel_number")
_SHORT = {"order_number": "order", "parcel_number": "parcel", "phone": "phone"}


@dataclass(slots=True)
class People:
    """The customers of one batch by what they are known by; newcomers are added."""

    external: dict[str, Customer] = field(default_factory=dict)
    phones: dict[str, Customer] = field(default_factory=dict)

    def add(self, customer: Customer) -> None:
        """Make a customer known under its names."""
        if customer.external_id:
            self.external[customer.external_id] = customer
        if customer.phone_hash:
            self.phones[customer.phone_hash] = customer


def people_of(connection: Connection, commands: Iterable[OpenTicket], context: Context) -> People:
    """Return the known customers among those that the commands name."""
    persons = [command.customer for command in commands if command.customer]
    external = {p.external_id for p in persons if p.external_id}
    phones = {hash_ for p in persons if (hash_ := _phone(p, context))}
    people = People()
    for customer in known_customers(connection, external, phones):
        people.add(customer)
    return people


def _phone(person: Person, context: Context) -> str | None:
    return fingerprint("phone", person.phone, context.secret) if person.phone else None


def new_case(command: OpenTicket, people: People, context: Context) -> Case:
    """Return the case of a new ticket with its first message; nothing is judged yet."""
    at = command.at or context.now
    case = Case(_ticket(command, at))
    case.fresh.ticket = case.fresh.issues = True
    if command.customer:
        _attach(case, command.customer, people, context)
    case.record(Kind.TICKET_CREATED, at, command.actor, channel=command.channel)
    message = Message(new_id("m"), "customer", command.text, at, command.channel)
    case.add(message)
    case.record(
        Kind.MESSAGE_RECEIVED, at, command.actor, message=message.id, channel=command.channel
    )
    if command.order:
        _identify(case, "order", command.order, context)
    if command.customer and command.customer.phone:
        _identify(case, "phone", command.customer.phone, context)
    return case


def _ticket(command: OpenTicket, at: datetime) -> Ticket:
    return Ticket(
        id=new_id("t"),
        customer_id=None,
        source=command.source,
        external_id=command.external_id,
        channel=command.channel,
        subject=command.subject,
        product=command.product,
        snippet=" ".join(command.text.split())[:_SNIPPET],
        created_at=at,
        updated_at=at,
        tags=sorted(set(command.tags)),
    )


def _attach(case: Case, person: Person, people: People, context: Context) -> None:
    """Give the case its customer, a known one or a new one. Nobody is guessed from a name."""
    phone = _phone(person, context)
    free = None if (phone or "") in people.phones else phone  # one number, one customer
    known = _known(person, phone, people)
    if known is None:
        told = (person.external_id, free, person.name, person.tier, person.region)
        known = Customer(new_id("c"), *told, case.ticket.created_at)
        case.fresh.customer = "new"
    elif _learn(known, person, free):
        case.fresh.customer = "changed"
    people.add(known)
    case.customer = known
    case.ticket.customer_id = known.id


def _known(person: Person, phone: str | None, people: People) -> Customer | None:
    """Return the customer by external id, else by phone: families share one, ids they do not."""
    if found := people.external.get(person.external_id or ""):
        return found
    found = people.phones.get(phone or "")
    return None if found and found.external_id and person.external_id else found


def _learn(known: Customer, person: Person, phone: str | None) -> bool:
    """Take over what is told now and was not known, or has changed."""
    changed = bool(phone and not known.phone_hash)
    known.phone_hash = known.phone_hash or phone
    for name in ("external_id", "name", "tier", "region"):
        told = getattr(person, name)
        if told and told != getattr(known, name):
            setattr(known, name, told)
            changed = True
    return changed


def _identify(case: Case, kind: str, value: str, context: Context) -> None:
    hash_ = fingerprint(kind, value, context.secret)
    if hash_ and hash_ not in case.hashes:
        case.hashes.add(hash_)
        case.fresh.identifiers.append(Identifier(case.ticket.id, kind, hash_))


def identify(case: Case, context: Context) -> None:
    """Keep hashes of the phone, order and parcel numbers that the verdict found in the text."""
    if case.verdict is None:
        return
    for entity in case.verdict.body.get("entities", ()):
        if entity["kind"] in _LINKING:
            _identify(case, _SHORT[entity["kind"]], str(entity["value"]), context)


def find_earlier(connection: Connection, cases: Sequence[Case], now: datetime) -> None:
    """Count the repeats of new cases, and propose to merge where an open one says the same."""
    known = [case for case in cases if case.customer and case.fresh.customer != "new"]
    people = {case.customer.id for case in known if case.customer}
    hashes = {item.hash for case in cases for item in case.fresh.identifiers}
    oldest = min(now, *(case.ticket.created_at for case in cases))
    found = earlier_tickets(connection, people, hashes, oldest - _REPEAT)
    for case in cases:
        _relate(case, [item for item in found if _is_related(item, case)])
        found += _told(case)  # one file may hold several of one customer


def _told(case: Case) -> list[Earlier]:
    ticket = case.ticket
    hashes = [None, *(identifier.hash for identifier in case.fresh.identifiers)]
    return [
        Earlier(ticket.id, ticket.customer_id, hash_, "open", ticket.snippet, ticket.created_at)
        for hash_ in hashes
    ]


def _is_related(item: Earlier, case: Case) -> bool:
    hashes = {identifier.hash for identifier in case.fresh.identifiers}
    same = case.ticket.customer_id is not None and item.customer_id == case.ticket.customer_id
    near = case.ticket.created_at - item.created_at <= _REPEAT
    return item.id != case.ticket.id and near and (same or item.hash in hashes)


def _relate(case: Case, earlier: Sequence[Earlier]) -> None:
    ids = {item.id for item in earlier if item.created_at <= case.ticket.created_at}
    case.ticket.repeats = len(ids)
    live = [item for item in earlier if item.status in LIVE]
    alike = [(likeness(item.snippet, case.ticket.snippet), item.id) for item in live]
    best = max(alike, default=(0.0, ""))
    if best[0] >= _SIMILAR:
        case.ticket.similar_to = best[1]


def likeness(one: str, other: str) -> float:
    """Return the share of character triples that two texts have in common, 0 to 1."""
    a, b = _triples(one), _triples(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def _triples(text: str) -> set[str]:
    return {text[k : k + 3] for k in range(max(1, len(text) - 2))}


def body_fingerprint(body: object) -> str:
    """Return a hash that tells whether a repeated request asks for the same thing."""
    return hashlib.blake2b(repr(body).encode("utf-8", "replace"), digest_size=16).hexdigest()
