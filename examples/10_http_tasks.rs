//! A web server: hyper speaks HTTP, and our event loop does everything else.
//!
//! Run it: `cargo run --example 10_http_tasks`, or for your browser with
//! `-- --listen 127.0.0.1:7777` and <http://127.0.0.1:7777/>
//! Step it: `cargo run -- step 10`
//!
//! Predict: /slow takes three seconds. When is / answered, asked for meanwhile?
//!   a) after the first
//!   b) at once
//! Answer: b. The slow answer waits for a timer, and gives way while it waits.
//!
//! Change: `sleep(..).await` to `std::thread::sleep(..)`. Then / waits: lesson 08.
//!
//! Book: chapter 10. Twin: none, since hyper knows tasks only.

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use runtime::hyper::{Connection, Timer};
use runtime::net::{TcpListener, TcpStream};
use runtime::{Clock, EventLoop, sleep, spawn};
use std::{cell::Cell, io, net::SocketAddr, rc::Rc, time::Duration};

// ANCHOR: answer
/// Answers one request.
async fn answer(asked: Request<Incoming>, count: &Cell<u32>) -> hyper::Result<Response<String>> {
    count.set(count.get() + 1); // no lock: nobody runs between two `.await`s
    let page = format!("<p>Request {}. <a href=/slow>Slow</a>", count.get());
    if asked.uri().path() == "/slow" {
        sleep(Duration::from_secs(3)).await; // others are answered meanwhile
    }
    let mut response = Response::new(page);
    let html = HeaderValue::from_static("text/html");
    response.headers_mut().insert(CONTENT_TYPE, html);
    Ok(response)
}

/// Speaks HTTP with one client, for as long as it keeps its connection.
async fn serve(stream: TcpStream, count: Rc<Cell<u32>>) {
    let answering = service_fn(|asked| answer(asked, &count));
    let connection = http1::Builder::new()
        .timer(Timer::new())
        .serve_connection(Connection::new(stream), answering);
    if let Err(error) = connection.await {
        eprintln!("a client was lost: {error}"); // the others are not
    }
}
// ANCHOR_END: answer

/// Asks once, and says whether the answer is a good one.
async fn ask(address: SocketAddr) -> io::Result<bool> {
    let stream = TcpStream::connect(address).await?;
    let question = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    stream.write_all(question).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    Ok(&status == b"HTTP/1.1 200")
}

fn main() -> io::Result<()> {
    env_logger::init();
    let server = sidestep::server();
    EventLoop::new(Clock::Real).block_on(async {
        let listener = TcpListener::bind(server.address)?;
        let address = listener.local_addr()?;
        server.announce(address);
        let clients: Vec<_> = (0..server.clients).map(|_| spawn(ask(address))).collect();
        let count = Rc::new(Cell::new(0));
        for _ in 0..server.connections {
            let Ok((stream, _)) = listener.accept().await else {
                continue; // no descriptors are left: the next `accept` rests, and tries again
            };
            drop(spawn(serve(stream, count.clone()))); // detached
        }
        for client in clients {
            assert!(client.await.expect("a client does not panic")?);
        }
        println!("{} requests", count.get());
        Ok(())
    })
}

// Prints:
// 3 requests
