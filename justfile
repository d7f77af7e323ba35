# The index of commands. Logic lives in the crates, their tests and examples.

# List the recipes
default:
    @just --list

# Start all vendors on their default ports, and the hub
run *FLAGS:
    cargo run --release -- {{FLAGS}}

# Start the Impact PBX alone; try `just impactpbx --freeze`
impactpbx *FLAGS:
    cargo run --release -- --vendor impactpbx {{FLAGS}}

# Start Voip24h alone
voip24h *FLAGS:
    cargo run --release -- --vendor voip24h {{FLAGS}}

# A guided tour of the Impact PBX: pull records, trigger webhooks, watch them arrive, pull again
demo-impactpbx:
    cargo run -q -p ringback-impactpbx --example demo-impactpbx

# A guided tour of Voip24h: dial, watch it ring and end, list it, play its recording
demo-voip24h:
    cargo run -q -p ringback-voip24h --example demo-voip24h

# The tests
test:
    cargo test --workspace

# Everything that has to hold before a change lands
check:
    .ci/run

# Make the prepared frames of the recordings again (needs python3, sox and lame)
audio:
    python3 fixtures/audio/make.py

# Requests a second beside a bare actix server (needs wrk)
bench:
    .ci/bench

# A hundred thousand live calls, a million finished ones
load:
    cargo run --release -p ringback-exchange --example load
    cargo run --release -p ringback-voip24h --example live-calls
