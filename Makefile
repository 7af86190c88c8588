# make            set up .venv if needed, build the default study, print its endpoints
# make STUDY=x    build another study (RAW=DIR for raw forms elsewhere)
# make ADTTE      one dataset and what it needs
# make check      specs only
# make trials     simulate and build the published trials, print their results beside ours
# make test       lint, types, all tests
# make docs       regenerate the generated pages of docs/
# make clean      remove everything that is built

PYTHON ?= python3
STUDY  ?= gepnet_asia
VENV   := .venv
BIN    := $(VENV)/bin
MILL   := $(BIN)/trialmill

TRIALS := promid clarinet radiant3 radiant4 sunitinib_pnet netter1 captem net_second_line

TARGETS := build check trials test docs clean

.PHONY: $(TARGETS)
.DEFAULT_GOAL := build

build: $(VENV)/.run
	$(MILL) build $(STUDY) $(if $(RAW),--raw $(RAW))

# Any other name is a dataset; trialmill knows which there are, those that a study inherits too.
.DEFAULT:
	@case $@ in *[./]*) echo "no $@, and no rule to make it"; exit 2;; esac
	@$(MAKE) --silent --no-print-directory $(VENV)/.run
	@$(MILL) build $(STUDY) --only $@ $(if $(RAW),--raw $(RAW)) || \
	  { code=$$?; echo "make also knows: $(TARGETS)"; exit $$code; }

check: $(VENV)/.run
	$(MILL) check $(STUDY)

trials: $(VENV)/.run
	for study in $(TRIALS); do $(MILL) build $$study > /dev/null || exit; done
	$(MILL) published $(TRIALS)

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile

docs: $(VENV)/.run
	$(BIN)/python -m tools.docs

clean:
	rm -rf output build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "trialmill needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip check
	@touch $@
