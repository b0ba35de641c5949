//! `cargo run`: the whole system on this machine.

use clap::{Parser, Subcommand};
use functions::Clock;
use functions::edge::Log;
use local::tokens::Tokens;
use local::twin::{Options, Twin};
use local::{demo, page};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
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
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments = Arguments::parse();
    if let Some(Command::Token { sub, admin }) = &arguments.command {
        fs::create_dir_all(&arguments.data)?;
        println!("{}", Tokens::open(Some(&arguments.data))?.issue(sub, *admin, Clock::System.now()));
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(arguments))
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
    twin.run_pumps();
    demo::load(&twin).await?;
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
