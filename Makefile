# 两个命令 two commands: `make run` starts the service, `make test` checks everything.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# Folder of the public collections (see NOTICE); training works without it, on data/ alone.
COLLECTIONS ?= ../shared/corpus

.PHONY: run test check model careful bench clean

run: $(VENV)/.installed
	@$(BIN)/triage serve --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 PYTHONHASHSEED=0 $(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=95

$(VENV)/.installed: pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖 installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

# torch first and alone: what comes after it is content with it and brings no other build.
$(VENV)/.installed-dev: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# Rebuild the model in the box. Same inputs, same bytes.
model: $(VENV)/.installed-dev
	$(BIN)/triage train --data data/seed --data data/annotations \
	  $(if $(wildcard $(COLLECTIONS)),--collections $(COLLECTIONS)) \
	  --name default --version 1.0.0 --out models/default

# Refit the encoder of the cascade (half an hour of one core). Needs the collections.
careful: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/triage train --encoder data/body --cascade models/default --teacher models/default --epochs 4 \
	  --data data/seed --data data/annotations $(if $(wildcard $(COLLECTIONS)),--collections $(COLLECTIONS)) \
	  --name careful --version 1.0.0 --out models/careful

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/speed.py --collections $(COLLECTIONS)
	$(BIN)/python benchmarks/quality.py --collections $(COLLECTIONS)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .coverage
