//! The bins as they run in Lambda, and the twin as it runs on a developer's machine: real processes.

mod bins;
mod kill;
