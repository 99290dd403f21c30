# The two commands a person needs are `make run` and `make test`; the rest are their parts.
# Build folders: build/release (LTO), build/debug (address and undefined-behaviour sanitizers), build/tsan, build/fuzz.
.PHONY: run build debug tsan fuzz test check setup clean
.DEFAULT_GOAL := build

ifeq ($(CI),true)
WERROR := -Dwerror=true
endif
RELEASE_OPTIONS := --buildtype=release -Db_lto=true
DEBUG_OPTIONS := -Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined
TSAN_OPTIONS := -Doptimization=1 -Ddebug=true -Db_sanitize=thread
FUZZ_OPTIONS := -Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true

# Meson tells what is wrong on its standard output: shown only then.
define setup_build
	@mkdir -p $(@D)
	@$(1) meson setup $(@D) $(2) >$(@D)/setup.log || { tail -n 5 $(@D)/setup.log; exit 1; }
endef

run: build
	@python3 tools/run.py $(if $(PORT),--port $(PORT))

build: setup build/release/build.ninja
	@ninja -C build/release --quiet programs
debug: setup build/debug/build.ninja
	@ninja -C build/debug --quiet
tsan: setup build/tsan/build.ninja
	@ninja -C build/tsan --quiet programs
fuzz: setup build/fuzz/build.ninja
	@ninja -C build/fuzz --quiet fuzzers

build/release/build.ninja:
	$(call setup_build,,$(RELEASE_OPTIONS) $(WERROR))
build/debug/build.ninja:
	$(call setup_build,,$(DEBUG_OPTIONS) $(WERROR))
build/tsan/build.ninja:
	$(call setup_build,,$(TSAN_OPTIONS) $(WERROR))
build/fuzz/build.ninja:
	$(call setup_build,CC=clang,$(FUZZ_OPTIONS))

# Where packages cannot be installed, CI fails; elsewhere each part says which tool it lacks.
test:
	@tools/setup.sh test || [ "$$CI" != true ]
	@python3 tools/test.py

check:
	@python3 tools/tidy.py

setup:
	@tools/setup.sh

clean:
	rm -rf build
