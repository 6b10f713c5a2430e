"""What the gateways that speak HTTP have in common: which failures mean *certainly not sent*."""

from typing import Any

import httpx2

from narvaro.sms import SmsRefused, SmsUnavailable, SmsUnknown

ANSWERS_WITHIN = 10.0
NOT_SENT = {401, 402, 403, 404, 408, 429, 503}
"""Wrong password, no money, too fast, closed: the operator's matter, so another gateway may do."""


def client(**options: Any) -> httpx2.AsyncClient:
    """One per gateway, kept open."""
    return httpx2.AsyncClient(timeout=ANSWERS_WITHIN, follow_redirects=False, **options)


async def hand_over(http: httpx2.AsyncClient, url: str, **content: Any) -> Any:
    """POST → the JSON of a 2xx answer. Raises SmsRefused, SmsUnavailable, SmsUnknown."""
    try:
        answer = await http.post(url, **content)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise SmsUnavailable from error
    except httpx2.HTTPError as error:
        raise SmsUnknown from error
    if answer.is_success:
        try:
            return answer.json()
        except ValueError as error:
            raise SmsUnknown from error
    if answer.status_code in NOT_SENT:
        raise SmsUnavailable
    if answer.is_client_error:
        raise SmsRefused
    raise SmsUnknown
