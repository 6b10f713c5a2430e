import os
import subprocess
import sys

import setup

setup.prepare_python(for_development=True)
setup.prepare_web()
setup.prepare_livekit()
setup.prepare_chromium()
setup.prepare_redis()
os.chdir(setup.SERVER)
if sys.argv[1:]:
    os.execvp("pytest", ["pytest", *sys.argv[1:]])
setup.step("Web tests", ["npm", "test"], cwd=setup.WEB)
for name, arguments in (("Server tests", ["-n", "2", "--ignore", "tests/e2e"]), ("Browser tests", ["tests/e2e"])):
    if "tests/e2e" in arguments and not (setup.SERVER / "tests" / "e2e").exists():
        continue
    setup.say(f"{name} …")
    if code := subprocess.run(["pytest", "-q", *arguments], check=False).returncode:
        sys.exit(code)
setup.step("Nothing lost, for a short while", [setup.ROOT / "bin" / "bench", "durability", "--short"])
