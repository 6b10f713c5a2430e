"""`deploy/` against what it deploys: no image is pulled here, but every name in it must be known on the other side."""

import re
import subprocess
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from narvaro.demo.installation import open_installation
from narvaro.demo.livekit import configuration, find_livekit
from narvaro.settings import Settings, load_settings

DEPLOY = Path(__file__).parents[3] / "deploy"
ROOT = DEPLOY.parent
PROCESSES = ("migrate", "web1", "web2", "worker1", "worker2")
FOR_OURS = re.compile(r"\$\{(\w+)\}")


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@cache
def example() -> dict[str, str]:
    lines = [line for line in read("env.example").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@cache
def compose() -> dict[str, Any]:
    """As Compose reads it with the example's values; a name without a value is a fault."""
    found: dict[str, Any] = yaml.safe_load(FOR_OURS.sub(lambda name: example()[name[1]], read("compose.yaml")))
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def environ_of(name: str, secrets: Path) -> dict[str, str]:
    """With the mounted secrets where the container has them."""
    given = {key: str(value) for key, value in services()[name]["environment"].items()}
    return {key: value.replace("/run/secrets", str(secrets)) for key, value in given.items()}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for name in compose()["secrets"]:
        (tmp_path / name).write_text("s" * 40)
    (tmp_path / "database_url").write_text("postgresql://narvaro:s@postgres/narvaro")
    return tmp_path


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_accepts_its_settings(name: str, secrets: Path) -> None:
    """An unknown, missing or wrong NARVARO_* is an error by itself."""
    settings = load_settings(environ_of(name, secrets))
    assert settings.base_url == "https://vard.example"
    assert settings.livekit_api_secret == "s" * 40


def test_there_are_two_of_each_and_each_tells_its_metrics_at_home(secrets: Path) -> None:
    assert {name for name in services() if name[-1].isdecimal()} == {
        f"{kind}{number}" for kind in ("web", "worker", "livekit") for number in (1, 2)
    }
    for name in PROCESSES[1:]:
        bind = load_settings(environ_of(name, secrets)).metrics_bind
        assert bind is not None
        assert bind[0] == services()[name]["networks"]["inside"]["ipv4_address"]


def test_a_process_gets_the_secrets_that_it_names_and_no_other(secrets: Path) -> None:
    for name in PROCESSES:
        files = {value.rsplit("/", 1)[1] for key, value in environ_of(name, secrets).items() if key.endswith("_FILE")}
        assert files == set(services()[name]["secrets"])
    for service in services().values():
        assert set(service.get("secrets", [])) <= set(compose()["secrets"])


def test_nothing_secret_stands_in_the_file_and_everything_it_needs_is_in_the_example() -> None:
    hidden = {f"NARVARO_{name.upper()}" for name, field in Settings.__dataclass_fields__.items() if field.metadata["secret"]}
    for name in PROCESSES:
        assert hidden & set(services()[name]["environment"]) == set()
    assert set(FOR_OURS.findall(read("compose.yaml"))) == set(example())


def test_images_are_named_by_version_and_processes_wait_for_what_they_need() -> None:
    for name, service in services().items():
        assert re.fullmatch(r"[\w./-]+:(v?\d[\w.]*|latest)", service["image"]), name
        assert service["image"].endswith(":latest") == (name in PROCESSES)
        assert set(service.get("depends_on", [])) <= set(services())
    for name in PROCESSES[1:]:
        assert services()[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_only_the_proxy_and_the_media_nodes_can_be_reached_from_outside() -> None:
    open_to = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert set(open_to) == {"caddy", "livekit1", "livekit2"}
    published = [port.rsplit(":", 1)[0] for ports in open_to.values() for port in ports]
    assert len(published) == len(set(published)), "each address and port once"
    assert all(port.split(":")[0] in example().values() for port in published)
    for number in (1, 2):
        assert f"{example()[f'TURN_ADDRESS_{number}']}:443:5349" in open_to[f"livekit{number}"]


def test_the_proxy_asks_services_that_are_there_on_ports_that_they_listen_on() -> None:
    """And takes its names from its environment. `caddy validate` has said yes to it once, by hand."""
    file = read("Caddyfile")
    asked = set(re.findall(r"\b([a-z]+\d):(\d+)\b", file))
    assert asked == {("web1", "8600"), ("web2", "8600"), ("livekit1", "7880"), ("livekit2", "7880")}
    assert set(re.findall(r"\{\$(\w+)\}", file)) == set(services()["caddy"]["environment"])
    inside = services()["caddy"]["networks"]["inside"]["ipv4_address"]
    assert f"http://{inside}:7880" in file
    for name in PROCESSES:
        assert services()[name]["environment"]["NARVARO_LIVEKIT_URL"] == f"http://{inside}:7880"
        assert services()[name]["environment"]["NARVARO_TRUSTED_PROXIES"] == inside


def test_livekit_understands_its_configuration_and_offers_turn_over_tls_f5() -> None:
    """It refuses a field that it does not know."""
    told = subprocess.run(
        [find_livekit(), "--config", str(DEPLOY / "livekit.yaml"), "ports"], capture_output=True, text=True, check=True
    )
    assert "5349 - TURN/TLS" in told.stdout
    assert "7880 - HTTP service" in told.stdout


def test_livekit_is_configured_as_the_promises_need_a1_a7() -> None:
    node: dict[str, Any] = yaml.safe_load(read("livekit.yaml"))
    assert node["room"]["auto_create"] is False
    assert node["rtc"]["stun_servers"] == [f"{example()['TURN_HOST']}:3478"], "left empty, Google's are handed out"
    assert node["turn"]["domain"] == example()["TURN_HOST"]
    assert f"/{example()['TURN_HOST']}." in node["turn"]["cert_file"]
    assert node["webhook"]["api_key"] == services()["web1"]["environment"]["NARVARO_LIVEKIT_API_KEY"]
    assert node["redis"]["address"].split(":")[0] in services()
    for url in node["webhook"]["urls"]:
        assert url.split("/")[2].split(":")[0] in services()


def test_the_demo_and_the_benches_run_livekit_as_a_region_does(tmp_path: Path) -> None:
    region: dict[str, Any] = yaml.safe_load(read("livekit.yaml"))
    demo = configuration(open_installation(tmp_path, 8700), 0)
    assert demo["rtc"]["pli_throttle"] == region["rtc"]["pli_throttle"]
    assert demo["room"]["enabled_codecs"] == region["room"]["enabled_codecs"]
    assert demo["limit"] == region["limit"]


def test_the_image_is_built_from_files_that_are_there_and_nothing_that_this_machine_has_made() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", read("Dockerfile"), re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if is_ignored(source)] == []
    made_here = (
        "web/node_modules/x",
        "server/narvaro/static/x",
        "server/narvaro/calls/__pycache__/x",
        "deploy/secrets/x",
        ".git/x",
    )
    assert [source for source in made_here if not is_ignored(source)] == []


def is_ignored(path: str) -> bool:
    """The last line that matches the path or what it lies in decides."""
    ignored = False
    for line in read("Dockerfile.dockerignore").splitlines():
        pattern = line.removeprefix("!")
        within = [*PurePosixPath(path).parents, PurePosixPath(path)]
        if not line.startswith("#") and any(fnmatchcase(str(each), pattern) for each in within):
            ignored = not line.startswith("!")
    return ignored
