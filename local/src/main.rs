//! `cargo run`: the whole system on this machine.

use clap::{Parser, Subcommand};
use functions::Clock;
use functions::edge::Log;
use local::tokens::Tokens;
use local::twin::{Options, Twin};
use local::{demo, import, page};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::TcpListener;

/// The file that a running twin holds locked.
const LOCK: &str = "lock";

/// The local twin of the order backend: the API, its workers, and everything they talk to.
#[derive(Parser)]
#[command(name = "local", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Folder for table, queues, mails and payments
    #[arg(long, default_value = ".local", global = true)]
    data: PathBuf,
    /// Keep nothing
    #[arg(long)]
    memory: bool,
    /// Delete the folder's data first
    #[arg(long)]
    reset: bool,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Prints a token that the twin accepts for a day
    Token {
        /// Whose
        #[arg(long, default_value = "alice")]
        sub: String,
        /// With the scope of staff
        #[arg(long)]
        admin: bool,
    },
    /// Creates or replaces the products of a file, one JSON object a line; what is there already is left alone
    Import {
        /// The file
        file: PathBuf,
        /// Where the API is
        #[arg(long, default_value = "http://127.0.0.1:3000/api/v1")]
        api: String,
        /// A token of staff; without it, one that the twin on this machine accepts
        #[arg(long)]
        token: Option<String>,
    },
}

fn main() -> Result<ExitCode, Box<dyn Error + Send + Sync>> {
    let mut arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match arguments.command.take() {
        None => runtime.block_on(run(arguments)).map(|()| ExitCode::SUCCESS),
        Some(Command::Token { sub, admin }) => {
            println!("{}", token(&arguments.data, &sub, admin)?);
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Import { file, api, token: given }) => {
            let token = given.map_or_else(|| token(&arguments.data, "admin", true), Ok)?;
            let done = runtime.block_on(import::send_file(&file, &api, &token))?;
            println!(
                "created {}, replaced {}, unchanged {}, rejected {}",
                done.created, done.replaced, done.unchanged, done.rejected
            );
            Ok(if done.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// A token that a twin with its data in this folder accepts.
fn token(data: &Path, sub: &str, admin: bool) -> Result<String, Box<dyn Error + Send + Sync>> {
    fs::create_dir_all(data)?;
    Ok(Tokens::open(Some(data))?.issue(sub, admin, Clock::System.now()))
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Arguments { port, data, memory, reset, quiet, .. } = arguments;
    let _lock = if memory { None } else { Some(lock(&data)?) };
    if reset && !memory {
        empty(&data)?;
    }
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        format!("port {port} cannot be used ({error}); another one: cargo run -- --port 3001")
    })?;
    let log = if quiet { Log::to(|line| eprintln!("{line}")).at("error") } else { Log::default() };
    let folder = (!memory).then_some(data);
    let twin = Twin::open(Options { folder, log, ..Options::default() })?;
    twin.cloud.stripe.reached_at(&format!("http://127.0.0.1:{port}/stripe"));
    twin.cloud.shippo.reached_at(&format!("http://127.0.0.1:{port}/shippo"));
    twin.run_pumps();
    demo::load(&twin, port).await?;
    if !quiet {
        println!("API      http://127.0.0.1:{port}/api/v1");
        println!("Page     http://127.0.0.1:{port}/");
        println!("Customer (alice) {}", twin.token("alice", false));
        println!("Staff    (admin) {}", twin.token("admin", true));
    }
    let router = page::router(twin);
    axum::serve(listener, router).with_graceful_shutdown(ended()).await?;
    Ok(())
}

/// Makes the folder this twin's alone, until the process ends, however it ends.
fn lock(data: &Path) -> Result<fs::File, Box<dyn Error + Send + Sync>> {
    fs::create_dir_all(data)?;
    let lock = fs::File::create(data.join(LOCK))?;
    lock.try_lock()
        .map_err(|_| format!("another twin works on {}; --data names another folder", data.display()))?;
    Ok(lock)
}

/// Deletes what a twin left in the folder.
fn empty(data: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
    for entry in fs::read_dir(data)? {
        let path = entry?.path();
        if path.is_file() && path.file_name().is_some_and(|name| name != LOCK) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Until Ctrl-C. If the machine cannot tell, the twin runs until it is killed.
async fn ended() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
