"""Four roles, each of which may do all that the one before it may, and one table that says what."""

from enum import StrEnum


class Role(StrEnum):
    """What a person or program is to the desk; compared by reach, not by spelling."""

    READER = "reader"
    AGENT = "agent"
    ANALYST = "analyst"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Return 0 for the least role and one more for each above it."""
        return list(Role).index(self)

    # Without these a StrEnum would compare as text: "admin" < "reader".
    def __lt__(self, other: str) -> bool:
        return self.rank < Role(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Role(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Role(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Role(other).rank


class Permission(StrEnum):
    """One thing that may be allowed."""

    READ = "read"  # tickets, customers, trends, rules; personal data masked
    READ_PII = "read_pii"  # the same texts unmasked
    WRITE_TICKET = "write_ticket"  # create, import, reply, note, assign, close, merge
    CORRECT = "correct"  # labels, urgency, queue
    ANNOTATE = "annotate"  # labels from outside the inbox, for the next training
    EXPORT = "export"  # many tickets at once, personal data masked
    MANAGE_RULES = "manage_rules"  # routing rules, SLA policies, calendars
    MANAGE_WEBHOOKS = "manage_webhooks"  # endpoints, secrets, dead letters
    MANAGE_KEYS = "manage_keys"  # API keys and their roles
    PROMOTE_MODEL = "promote_model"  # which model judges from now on
    READ_AUDIT = "read_audit"  # who did what


MINIMAL_ROLE: dict[Permission, Role] = {
    Permission.READ: Role.READER,
    Permission.READ_PII: Role.AGENT,
    Permission.WRITE_TICKET: Role.AGENT,
    Permission.CORRECT: Role.AGENT,
    Permission.ANNOTATE: Role.ANALYST,
    Permission.EXPORT: Role.ANALYST,
    Permission.MANAGE_RULES: Role.ANALYST,
    Permission.MANAGE_WEBHOOKS: Role.ADMIN,
    Permission.MANAGE_KEYS: Role.ADMIN,
    Permission.PROMOTE_MODEL: Role.ADMIN,
    Permission.READ_AUDIT: Role.ADMIN,
}

CHINESE: dict[Role, str] = {
    Role.READER: "查看者",
    Role.AGENT: "客服",
    Role.ANALYST: "分析师",
    Role.ADMIN: "管理员",
}


def allows(role: Role, needed: Permission | Role) -> bool:
    """Tell whether `role` may do what is needed, or reaches the role that is."""
    least = needed if isinstance(needed, Role) else MINIMAL_ROLE[needed]
    return role >= least
