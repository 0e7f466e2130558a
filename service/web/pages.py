"""All pages, in one router."""

from fastapi import APIRouter

from service.web import (
    customer,
    drift,
    importing,
    inbox,
    models,
    review,
    rules,
    session,
    start,
    tasks,
    ticket,
)

routers = (
    start.router,
    inbox.router,
    ticket.router,
    review.router,
    rules.router,
    models.router,
    drift.router,
    tasks.router,
    importing.router,
    customer.router,
    session.router,
)
router = APIRouter(include_in_schema=False)
for part in routers:
    router.include_router(part)
