//! The command log on NATS JetStream.
