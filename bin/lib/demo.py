import os
import sys

import setup

if not {"-h", "--help"} & set(sys.argv):
    setup.prepare_web()
    setup.prepare_livekit()
    if "--cluster" in sys.argv:
        setup.prepare_redis()
setup.prepare_python(for_development=False)
os.environ["DEMO_BEGAN_AT"] = str(setup.BEGAN_AT)
os.execvp("narvaro", ["narvaro", "demo", *sys.argv[1:]])
