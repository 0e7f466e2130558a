import pytest

from service.people.roles import CHINESE, MINIMAL_ROLE, Permission, Role, allows

READER = {Permission.READ}
AGENT = READER | {Permission.READ_PII, Permission.WRITE_TICKET, Permission.CORRECT}
ANALYST = AGENT | {Permission.ANNOTATE, Permission.EXPORT, Permission.MANAGE_RULES}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.READER, READER),
        (Role.AGENT, AGENT),
        (Role.ANALYST, ANALYST),
        (Role.ADMIN, set(Permission)),
    ],
)
def test_each_role_may_what_is_written_here_and_nothing_else(role, may):
    assert {permission for permission in Permission if allows(role, permission)} == may


def test_every_permission_has_its_least_role_and_every_role_its_chinese_name():
    assert set(MINIMAL_ROLE) == set(Permission)
    assert set(CHINESE) == set(Role)


def test_a_reader_sees_texts_but_no_personal_data():
    assert allows(Role.READER, Permission.READ)
    assert not allows(Role.READER, Permission.READ_PII)


def test_roles_compare_by_reach_and_not_by_spelling():
    assert Role.READER < Role.AGENT < Role.ANALYST < Role.ADMIN
    assert Role.ADMIN > Role.READER
    assert Role.AGENT >= Role.AGENT
    assert Role.AGENT <= Role.AGENT
    assert not Role.ADMIN <= Role.READER
    assert sorted(Role, reverse=True)[0] is Role.ADMIN
    assert Role.ADMIN > "reader"


def test_a_role_reaches_itself_and_those_below():
    assert allows(Role.ANALYST, Role.AGENT)
    assert allows(Role.ANALYST, Role.ANALYST)
    assert not allows(Role.ANALYST, Role.ADMIN)


def test_a_role_that_does_not_exist_is_compared_with_nothing():
    with pytest.raises(ValueError, match="root"):
        _ = Role.READER < "root"
