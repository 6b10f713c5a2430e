import os
import sys

import setup

setup.prepare_python(for_development=True)
if not {"-h", "--help"} & set(sys.argv):
    setup.prepare_web()
    setup.prepare_livekit()
os.environ["PYTHONPATH"] = str(setup.ROOT)
python = setup.SERVER / ".venv" / "bin" / "python"  # the tools have one too, and come first
os.execv(python, [str(python), "-W", "ignore", "-m", "bench", *sys.argv[1:]])
