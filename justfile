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

# Start MANGO OFFICE alone
mango *FLAGS:
    cargo run --release -- --vendor mango {{FLAGS}}

# Start TEL4VN alone
tel4vn *FLAGS:
    cargo run --release -- --vendor tel4vn {{FLAGS}}

# Start SCFM alone; try `just scfm --contacts 100000`
scfm *FLAGS:
    cargo run --release -- --vendor scfm {{FLAGS}}

# A guided tour of MANGO OFFICE: callback, notifications, statistics, the recording
demo-mango:
    cargo run -q -p ringback-mango --example demo-mango

# A guided tour of SCFM: a callout, its population, the calls, the statistics
demo-scfm:
    cargo run -q -p ringback-scfm --example demo-scfm

# A campaign at 60x, watched for half a minute: contacts are imported and called (N or a CSV file)
scfm-campaign *CONTACTS:
    cargo run -q -p ringback-scfm --example scfm-campaign -- {{CONTACTS}}

# A guided tour of TEL4VN: place a call, barge in, transfer, park, hang up, watch the events
demo-tel4vn:
    cargo run -q -p ringback-tel4vn --example demo-tel4vn

# A guided tour of the Impact PBX: pull records, trigger webhooks, watch them arrive, pull again
demo-impactpbx:
    cargo run -q -p ringback-impactpbx --example demo-impactpbx

# A guided tour of Voip24h: dial, watch it ring and end, list it, play its recording
demo-voip24h:
    cargo run -q -p ringback-voip24h --example demo-voip24h

# The pictures of the console: every page at two sizes, light and dark, in target/screenshots (needs .ci/console once)
screenshots *ARGS:
    cargo build -q -p ringback
    PYTHONDONTWRITEBYTECODE=1 target/tools/console/bin/python crates/console/tests/browser/screenshots.py {{ARGS}}

# The console in headless Chromium; try `just console-tests -k phone`
console-tests *ARGS:
    .ci/console {{ARGS}}

# The tests
test:
    cargo test --workspace

# While working: formatting, lints, tests with fewer random cases, docs; minutes
check:
    .ci/check

# Everything that has to hold before a change lands: also real clients, a browser, sox; installs what it lacks
ci:
    .ci/run

# The fuzz targets, guided by coverage; try `just fuzz 60 mock/url_patterns`
fuzz *ARGS:
    .ci/fuzz {{ARGS}}

# Begin a vendor: a crate that builds, answers one route and passes its golden case
new-vendor NAME:
    .ci/new-vendor {{NAME}}

# Make the prepared frames of the recordings again (needs python3, sox and lame)
audio:
    python3 fixtures/audio/make.py

# The binary to give to others: small, and without this machine's paths
release:
    .ci/release

# Every vendor beside a bare actix server with the same answers (needs wrk); try `just bench 3 tel4vn`
bench *ARGS:
    .ci/bench {{ARGS}}

# Writes a second without a log, with one in a file, with one on three NATS servers
bench-logs *ARGS:
    cargo build --release -q -p ringback --bin ringback --example durability
    RINGBACK_NATS_SERVER=$(.ci/nats) target/release/examples/durability target/release/ringback {{ARGS}}

# Three NATS servers, three replicas and a round-robin before them, on this computer
cluster *FLAGS:
    cargo build --release -q -p ringback --bin ringback --example cluster
    RINGBACK_NATS_SERVER=$(.ci/nats) target/release/examples/cluster target/release/ringback {{FLAGS}}

# A hundred thousand live calls, a million finished ones
load:
    cargo run --release -p ringback-exchange --example load
    cargo run --release -p ringback-voip24h --example live-calls
    cargo run --release -p ringback-tel4vn --example tel4vn-cdr-page
    cargo run --release -p ringback-mango --example mango-day-stats
