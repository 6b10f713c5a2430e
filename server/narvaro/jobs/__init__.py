"""Work that happens later or again and again: tasks enqueued in the caller's transaction, and the watch."""

from narvaro.jobs.doors import Doors
from narvaro.jobs.tasks import cancel_jobs, enqueue, hourly, job_of, jobs_of, minutely, task
from narvaro.jobs.watch import register_watch

__all__ = ["Doors", "cancel_jobs", "enqueue", "hourly", "job_of", "jobs_of", "minutely", "register_watch", "task"]
