"""All pages, in one router."""

from fastapi import APIRouter

from service.web import (
    customer,
    drift,
    drivers,
    importing,
    inbox,
    models,
    overview,
    quality,
    review,
    rules,
    session,
    start,
    tasks,
    ticket,
    topics,
    trends,
)

routers = (
    start.router,
    inbox.router,
    ticket.router,
    review.router,
    rules.router,
    models.router,
    drift.router,
    overview.router,
    trends.router,
    topics.router,
    drivers.router,
    quality.router,
    tasks.router,
    importing.router,
    customer.router,
    session.router,
)
router = APIRouter(include_in_schema=False)
for part in routers:
    router.include_router(part)
