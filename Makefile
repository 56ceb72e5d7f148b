# Each target is one plain command away from what it does; see the README.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo page test test-fast check bench bench-duration bench-likeness bench-readings bench-indextts2 bench-emotion bench-page bench-server format clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $(STAMP)

# Environment, packages, voice; then dubs a Chinese and an English scene and says where the films are.
demo: $(STAMP)
	$(BIN)/python sample_projects/make_media.py
	$(BIN)/dubsync models pull kokoro-q8
	$(BIN)/dubsync models pull kokoro-voices
	$(BIN)/dubsync sample_projects/chinese-two-characters-24/scene.otio --lang zh --out demo/chinese --overwrite
	$(BIN)/dubsync sample_projects/english-2398-hour-start-nested/scene.otio --lang en --out demo/english --overwrite
	@echo "Watch: demo/chinese/film.dub.mp4 and demo/english/film.dub.mp4; read: demo/chinese/report.html"

# The timeline page of `dubsync serve`, built anew with its types, lint and formatting checked; installing has built it.
page: $(STAMP)
	$(BIN)/python web/build.py --check

# The whole honest suite, the real default voice and the recogniser included.
test: $(STAMP)
	$(BIN)/dubsync models pull kokoro-q8
	$(BIN)/dubsync models pull kokoro-voices
	$(BIN)/dubsync models pull whisper-base
	$(BIN)/dubsync models pull whisper-small
	$(BIN)/dubsync models pull ge2e
	$(BIN)/dubsync models pull ecapa
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(STAMP)
	$(BIN)/python -m pytest -m "not slow and not voice"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: $(STAMP)
	$(BIN)/python tests/bench/bench_job.py

bench-server: $(STAMP)
	$(BIN)/python tests/bench/bench_server.py

bench-duration: $(STAMP)
	$(BIN)/python tests/bench/bench_duration.py

bench-emotion: $(STAMP)
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python tests/bench/bench_emotion.py --voices 2 --lines 2 --write docs/emotion.md

# Needs the trigrams of Chinese words: apt-get install libime-data-language-model
bench-readings: $(STAMP)
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python tests/bench/bench_readings.py --write docs/pronunciation.md
	$(BIN)/python tests/bench/bench_spoken_readings.py --write docs/pronunciation.md

bench-likeness: $(STAMP)
	$(BIN)/python tests/bench/bench_likeness.py --write docs/likeness.md

bench-indextts2: $(STAMP)
	$(BIN)/python tests/bench/bench_indextts2.py

# How fast the timeline page scrolls through 1,500 lines; needs Chromium.
bench-page: $(STAMP)
	$(BIN)/python tests/bench/bench_page.py

# Would the tests notice? ROOM=plan SAMPLE=60 SEED=11 tries a sample of a room; without ROOM the list of known changes.
.PHONY: mutants
mutants: $(STAMP)
	$(BIN)/python tests/mutants $(if $(ROOM),--room $(ROOM),--known) $(if $(SAMPLE),--sample $(SAMPLE)) --seed $(or $(SEED),11)

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) demo bench-results build dist
