lock:
	uv pip compile -q --universal --no-strip-extras --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --group dev --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
