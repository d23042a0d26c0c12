//! The SDK as an application uses it: against servers on this machine, through its public API alone.

mod credentials;
mod document;
mod endpoint;
mod environment;
mod faults;
mod http2;
mod load;
mod logs;
mod misuse;
mod mock;
mod request;
mod responses;
mod schemas;
mod secrets;
mod server;
mod statuses;
mod transport;
mod wire;
