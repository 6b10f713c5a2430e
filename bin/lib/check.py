import advisories
import setup

setup.prepare_python(for_development=True)
setup.prepare_web()
setup.step("Style", ["ruff", "check", ".", "../bin/lib", "../bench"], cwd=setup.SERVER)
setup.step("Format", ["ruff", "format", "--check", ".", "../bin/lib", "../bench"], cwd=setup.SERVER)
setup.step("Types", ["mypy"], cwd=setup.SERVER)
setup.step("Boundaries", ["lint-imports"], cwd=setup.SERVER)
for name, script in (("Web", "check"), ("Generated types", "check:wire"), ("Sizes", "check:sizes")):
    setup.step(name, ["npm", "run", script], cwd=setup.WEB)
advisories.list_them()
