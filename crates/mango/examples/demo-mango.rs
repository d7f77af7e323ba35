//! A guided tour of MANGO OFFICE: order a call, hear of it, ask for statistics, play its recording.
//!
//! `cargo run -p ringback-mango --example demo-mango`, or `just demo-mango`.

#![expect(clippy::print_stdout, reason = "a tour talks")]

use std::error::Error;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use awc::Client;
use ringback_mango::Mango;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const KEY: &str = "mangomockkey0000000000000000000k";
const SALT: &str = "mangomocksalt000000000000000000s";

/// What the customer's server was told: a path and a JSON text.
type Told = (String, String);

/// `hex(sha256(key + json + salt))`, for requests and notifications alike.
fn sign(json: &str) -> String {
    let hash = Sha256::digest([KEY, json, SALT].concat());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn ask(url: &str, path: &str, params: &Value) -> Result<(u16, Vec<u8>), Box<dyn Error>> {
    println!("\nPOST /vpbx/{path}  {params}");
    let json = params.to_string();
    let form = [("vpbx_api_key", KEY), ("sign", &sign(&json)), ("json", &json)];
    let request = Client::default().post(format!("{url}/vpbx/{path}"));
    let mut answer = request.send_form(&form).await?;
    let body = answer.body().limit(1 << 20).await?.to_vec();
    Ok((answer.status().as_u16(), body))
}

/// Takes a notification, if its signature is right.
async fn hear(
    request: HttpRequest,
    form: web::Form<Vec<(String, String)>>,
    told: web::Data<Sender<Told>>,
) -> HttpResponse {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let json = field("json").cloned().unwrap_or_default();
    if field("sign").is_none_or(|shown| *shown != sign(&json)) {
        return HttpResponse::Unauthorized().finish();
    }
    // The other end is gone when the tour is over.
    let _ = told.send((request.path().to_owned(), json));
    HttpResponse::Ok().finish()
}

/// Starts the customer's server and returns where it listens.
fn customer() -> Result<(String, Receiver<Told>), Box<dyn Error>> {
    let (tell, told) = channel();
    let app = move || {
        let tell = web::Data::new(tell.clone());
        App::new().app_data(tell).default_service(web::to(hear))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0))?;
    let address = server.addrs().first().copied().ok_or("no address")?;
    actix_web::rt::spawn(server.run());
    Ok((format!("http://{address}/crm"), told))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (crm, told) = customer()?;
    let mango = Mango::builder().webhook(&crm).start()?;
    let url = mango.url();
    println!("MANGO OFFICE answers at {url} and tells {crm}. Employee 101 calls a customer:");
    let began = mango.clock().now().unix_timestamp();
    let order =
        json!({ "command_id": "tour", "from": { "extension": "101" }, "to_number": "79991234567" });
    let (_, answer) = ask(&url, "commands/callback", &order).await?;
    println!("  {}", String::from_utf8_lossy(&answer));

    println!("\nWhat the customer's server is told:");
    let mut recording = Value::Null;
    loop {
        let Ok((path, json)) = told.try_recv() else {
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        println!("  {path}  {json}");
        if path.ends_with("events/record/added") {
            let added: Value = serde_json::from_str(&json)?;
            recording = added.get("recording_id").cloned().unwrap_or_default();
        }
        if path.ends_with("events/summary") {
            break;
        }
    }

    println!("\nIt is over, so it is in the statistics:");
    let window = json!({ "date_from": began, "date_to": began + 60, "fields": "start,answer,finish,from_extension,to_number,disconnect_reason,records" });
    let (_, answer) = ask(&url, "stats/request", &window).await?;
    let key: Value = serde_json::from_slice(&answer)?;
    println!("  {key}");
    let csv = loop {
        match ask(&url, "stats/result", &key).await? {
            (204, _) => actix_web::rt::time::sleep(Duration::from_millis(200)).await,
            (_, csv) => break csv,
        }
    };
    print!("{}", String::from_utf8_lossy(&csv));

    let post = json!({ "recording_id": recording, "action": "download" });
    let (_, mp3) = ask(&url, "queries/recording/post", &post).await?;
    let path = std::env::temp_dir().join("ringback-demo.mp3");
    std::fs::write(&path, &mp3)?;
    println!("\nIts recording is {} ({} bytes).", path.display(), mp3.len());
    for player in ["play", "ffplay", "mpg123", "afplay"] {
        let mut command = Command::new(player);
        if player == "ffplay" {
            command.args(["-nodisp", "-autoexit"]);
        }
        let command = command.arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().is_ok_and(|status| status.success()) {
            println!("Played with {player}.");
            return Ok(());
        }
    }
    println!("No player was found here; open the file with any.");
    Ok(())
}
