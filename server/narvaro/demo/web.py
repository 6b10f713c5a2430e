"""The demo's web process: `narvaro serve` with the page that explains the demo."""

import os

from narvaro.demo import page, phones
from narvaro.serving import serve
from narvaro.settings import load_settings

if __name__ == "__main__":
    serve(load_settings(os.environ), routes=[*page.ROUTES, *phones.ROUTES])
