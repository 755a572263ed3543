//! HTTP/1.1 between devices and their leader: one request for each connection, everything bounded.
//!
//! Nothing in it is secret or trusted. Reports are signed and public, as are receipts; whoever stands
//! between device and leader can only keep them from each other, and then the device goes without.

use std::{
	collections::HashMap,
	future::Future,
	net::{IpAddr, Ipv6Addr, SocketAddr},
	sync::{Arc, Mutex},
	time::Duration,
};

use tokio::{
	io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	time::{sleep, timeout},
};

use crate::error::Error;

/// The most bytes before the body.
const MOST_HEAD: usize = 4 * 1024;
/// The most bytes of a body, either way: a path has 2.5 kB in hex.
const MOST_BODY: usize = 8 * 1024;
/// The most header lines.
const MOST_LINES: usize = 32;
/// How long a request may take, from its first byte to the last of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long who comes too often is told so.
const BRIEF: Duration = Duration::from_millis(500);
/// How long to wait when the machine has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(200);
/// The most addresses that are told apart in a minute. Beyond it, newcomers have to wait.
const MOST_ADDRESSES: usize = 65_536;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
	/// `GET` or `POST`.
	pub method: String,
	/// The path, without what may stand after a `?`.
	pub path: String,
	/// The body.
	pub body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
	/// The status code.
	pub code: u16,
	/// JSON.
	pub body: Vec<u8>,
}

/// Why a request is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
	/// It is not HTTP, or ends too early.
	Malformed,
	/// Its head is too large.
	LongHead,
	/// Its body is too large.
	LongBody,
	/// It does not say how long its body is.
	Unsized,
}

impl Bad {
	fn answer(self) -> Answer {
		let (code, words) = match self {
			Self::Malformed => (400, "this is no HTTP request"),
			Self::LongHead => (431, "the head of the request is too large"),
			Self::LongBody => (413, "the body of the request is too large"),
			Self::Unsized => (411, "the request has to say how long its body is"),
		};
		Answer::refusal(code, words, false)
	}
}

impl Answer {
	/// An answer that says no, and whether it is worth asking again.
	pub fn refusal(code: u16, words: &str, again: bool) -> Self {
		let body = serde_json::json!({ "refused": words, "again": again });
		Self { code, body: body.to_string().into_bytes() }
	}

	fn encode(&self) -> Vec<u8> {
		let reason = match self.code {
			200 => "OK",
			400 => "Bad Request",
			404 => "Not Found",
			409 => "Conflict",
			411 => "Length Required",
			413 => "Content Too Large",
			422 => "Unprocessable Content",
			429 => "Too Many Requests",
			431 => "Request Header Fields Too Large",
			_ => "Service Unavailable",
		};
		let mut out = format!(
			"HTTP/1.1 {} {reason}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
			 Cache-Control: no-store\r\nConnection: close\r\n\r\n",
			self.code,
			self.body.len()
		)
		.into_bytes();
		out.extend_from_slice(&self.body);
		out
	}
}

/// What stands before a body: where it ends, how long the body is, and what the first line says.
struct Head<T> {
	end: usize,
	body: usize,
	line: T,
}

/// How long a body is by its header lines. A message that can be read in two ways is none.
fn body_length(headers: &[httparse::Header<'_>]) -> Result<Option<usize>, Bad> {
	let mut length = None;
	for header in headers {
		if header.name.eq_ignore_ascii_case("transfer-encoding") {
			return Err(Bad::Unsized);
		}
		if header.name.eq_ignore_ascii_case("content-length") {
			let digits = std::str::from_utf8(header.value).map_err(|_| Bad::Malformed)?.trim();
			let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
			if length.is_some() || !plain {
				return Err(Bad::Malformed);
			}
			let value = digits.parse::<usize>().map_err(|_| Bad::LongBody)?;
			if value > MOST_BODY {
				return Err(Bad::LongBody);
			}
			length = Some(value);
		}
	}
	Ok(length)
}

/// The head of a request, or nothing if it is not whole.
fn request_head(bytes: &[u8]) -> Result<Option<Head<(String, String)>>, Bad> {
	let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
	let mut request = httparse::Request::new(&mut lines);
	let end = match request.parse(bytes) {
		Ok(httparse::Status::Complete(end)) => end,
		Ok(httparse::Status::Partial) => return Ok(None),
		Err(httparse::Error::TooManyHeaders) => return Err(Bad::LongHead),
		Err(_) => return Err(Bad::Malformed),
	};
	let method = request.method.unwrap_or_default().to_owned();
	let path = request.path.unwrap_or_default();
	let path = path.split('?').next().unwrap_or_default().to_owned();
	let body = match body_length(request.headers)? {
		Some(length) => length,
		None if method == "POST" => return Err(Bad::Unsized),
		None => 0,
	};
	Ok(Some(Head { end, body, line: (method, path) }))
}

/// The head of an answer, or nothing if it is not whole. Without a length the body ends with the
/// connection.
fn answer_head(bytes: &[u8]) -> Result<Option<Head<(u16, bool)>>, Bad> {
	let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
	let mut answer = httparse::Response::new(&mut lines);
	let end = match answer.parse(bytes) {
		Ok(httparse::Status::Complete(end)) => end,
		Ok(httparse::Status::Partial) => return Ok(None),
		Err(_) => return Err(Bad::Malformed),
	};
	let code = answer.code.ok_or(Bad::Malformed)?;
	let length = body_length(answer.headers)?;
	let body = length.unwrap_or(MOST_BODY);
	Ok(Some(Head { end, body, line: (code, length.is_some()) }))
}

/// Reads until `parse` finds a head, and then the body. `None` if the other side says nothing at all.
async fn read<T>(
	stream: &mut (impl AsyncRead + Unpin),
	parse: impl Fn(&[u8]) -> Result<Option<Head<T>>, Bad>,
	ends: impl Fn(&T) -> bool,
) -> Result<Option<(T, Vec<u8>)>, Bad> {
	let mut bytes = Vec::new();
	let mut chunk = [0u8; 1_024];
	let head = loop {
		let count = stream.read(&mut chunk).await.map_err(|_| Bad::Malformed)?;
		if count == 0 {
			return if bytes.is_empty() { Ok(None) } else { Err(Bad::Malformed) };
		}
		bytes.extend_from_slice(chunk.get(..count).unwrap_or_default());
		if let Some(head) = parse(&bytes)? {
			break head;
		}
		if bytes.len() > MOST_HEAD {
			return Err(Bad::LongHead);
		}
	};
	let mut body = bytes.split_off(head.end.min(bytes.len()));
	while body.len() < head.body {
		let count = stream.read(&mut chunk).await.map_err(|_| Bad::Malformed)?;
		if count == 0 {
			if ends(&head.line) {
				return Err(Bad::Malformed);
			}
			break;
		}
		body.extend_from_slice(chunk.get(..count).unwrap_or_default());
	}
	// What comes after the body is no second request.
	body.truncate(head.body);
	Ok(Some((head.line, body)))
}

/// How much is served.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Connections at a time.
	pub connections: usize,
	/// Of them from one address.
	pub connections_each: u32,
	/// Requests in a minute from one address.
	pub requests_each: u32,
}

/// Who has come how often.
#[derive(Debug, Default)]
struct Doorkeeper {
	minute: u64,
	counts: HashMap<IpAddr, Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
	requests: u32,
	open: u32,
}

impl Doorkeeper {
	/// Lets one in, if it has not come too often.
	fn enter(&mut self, limits: &Limits, who: IpAddr, minute: u64) -> bool {
		if self.minute != minute {
			self.minute = minute;
			self.counts.retain(|_, counts| counts.open > 0);
			self.counts.values_mut().for_each(|counts| counts.requests = 0);
		}
		if !self.counts.contains_key(&who) && self.counts.len() >= MOST_ADDRESSES {
			return false;
		}
		let counts = self.counts.entry(who).or_default();
		if counts.requests >= limits.requests_each || counts.open >= limits.connections_each {
			return false;
		}
		counts.requests = counts.requests.saturating_add(1);
		counts.open = counts.open.saturating_add(1);
		true
	}

	fn leave(&mut self, who: IpAddr) {
		if let Some(counts) = self.counts.get_mut(&who) {
			counts.open = counts.open.saturating_sub(1);
		}
	}
}

/// Lets a connection go when it ends, however it ends.
struct Guest {
	door: Arc<Mutex<Doorkeeper>>,
	who: IpAddr,
}

impl Drop for Guest {
	fn drop(&mut self) {
		if let Ok(mut door) = self.door.lock() {
			door.leave(self.who);
		}
	}
}

/// Who comes: of an IPv6 address what a household has, since it has no end of them.
fn origin(address: SocketAddr) -> IpAddr {
	match address.ip().to_canonical() {
		IpAddr::V6(address) => {
			let [a, b, c, d, ..] = address.segments();
			IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
		}
		address => address,
	}
}

/// Serves until the task that runs it ends.
pub async fn serve<F, A>(listener: TcpListener, limits: Limits, answer: F)
where
	F: Fn(Request) -> A + Clone + Send + Sync + 'static,
	A: Future<Output = Answer> + Send,
{
	let room = Arc::new(Semaphore::new(limits.connections));
	let door = Arc::new(Mutex::new(Doorkeeper::default()));
	loop {
		// With no room left, those who come wait in the machine's own queue.
		let Ok(permit) = room.clone().acquire_owned().await else { return };
		let Ok((mut stream, address)) = listener.accept().await else {
			sleep(OUT_OF_SOCKETS).await;
			continue;
		};
		let who = origin(address);
		let minute = crate::events::now() / 60;
		let welcome = door.lock().is_ok_and(|mut door| door.enter(&limits, who, minute));
		if !welcome {
			// Where half of the room is taken, who comes too often is not even told.
			if room.available_permits() > limits.connections / 2 {
				let words = Answer::refusal(429, "you ask too often: wait a minute", true);
				tokio::spawn(async move {
					let _ = timeout(BRIEF, finish(&mut stream, &words.encode())).await;
					drop(permit);
				});
			}
			continue;
		}
		let guest = Guest { door: door.clone(), who };
		let answer = answer.clone();
		tokio::spawn(async move {
			let served = async {
				let reply = match read(&mut stream, request_head, |_| true).await {
					Ok(Some(((method, path), body))) => {
						answer(Request { method, path, body }).await
					}
					Ok(None) => return,
					Err(bad) => bad.answer(),
				};
				finish(&mut stream, &reply.encode()).await;
			};
			// Too slow: the connection is closed without a word.
			let _ = timeout(PATIENCE, served).await;
			drop((guest, permit));
		});
	}
}

/// Writes the last bytes and waits until the other side has closed, so that it can read them.
async fn finish(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: &[u8]) {
	if stream.write_all(bytes).await.is_err() || stream.shutdown().await.is_err() {
		return;
	}
	let mut rest = [0u8; 1_024];
	let mut left = MOST_BODY;
	while let Ok(count) = stream.read(&mut rest).await {
		match left.checked_sub(count) {
			Some(less) if count > 0 => left = less,
			_ => break,
		}
	}
}

/// Where a leader is: `http://HOST:PORT`, and perhaps a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
	host: String,
	base: String,
}

impl Address {
	/// Reads one.
	pub fn parse(url: &str) -> Result<Self, Error> {
		let wrong = |words: &str| Error::Config(format!("the leader's address {url}: {words}"));
		if url.starts_with("https://") {
			return Err(wrong(
				"https is not spoken. Everything on the way is signed and public: give http://, or the \
				 local end of a tunnel",
			));
		}
		let rest =
			url.strip_prefix("http://").ok_or_else(|| wrong("it has to start with http://"))?;
		let (host, base) = match rest.find('/') {
			Some(at) => rest.split_at(at),
			None => (rest, ""),
		};
		let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
		if host.is_empty() || host.contains('@') || !plain(host) || !plain(base) {
			return Err(wrong("it has to be http://HOST:PORT"));
		}
		let port = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
		let host = if port.is_some() { host.to_owned() } else { format!("{host}:80") };
		Ok(Self { host, base: base.trim_end_matches('/').to_owned() })
	}

	/// Asks, and takes the answer.
	pub async fn ask(&self, method: &str, path: &str, body: &[u8]) -> Result<Answer, Error> {
		let failed = |words: String| Error::Leader(format!("{}: {words}", self.host));
		let asked = async {
			let mut stream =
				TcpStream::connect(&self.host).await.map_err(|error| failed(error.to_string()))?;
			let mut request = format!(
				"{method} {}{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
				 Content-Length: {}\r\nConnection: close\r\n\r\n",
				self.base,
				self.host,
				body.len()
			)
			.into_bytes();
			request.extend_from_slice(body);
			stream.write_all(&request).await.map_err(|error| failed(error.to_string()))?;
			match read(&mut stream, answer_head, |(_, sized)| *sized).await {
				Ok(Some(((code, _), body))) => Ok(Answer { code, body }),
				Ok(None) => Err(failed("it said nothing".into())),
				Err(_) => Err(failed("its answer is no HTTP".into())),
			}
		};
		match timeout(PATIENCE, asked).await {
			Ok(answer) => answer,
			Err(_) => Err(failed("it did not answer in time".into())),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LIMITS: Limits = Limits { connections: 8, connections_each: 4, requests_each: 100 };

	/// Serves an echo: method, path and body.
	async fn echo(limits: Limits) -> String {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap().to_string();
		tokio::spawn(serve(listener, limits, |request: Request| async move {
			let mut body = format!("{} {} ", request.method, request.path).into_bytes();
			body.extend(request.body);
			Answer { code: 200, body }
		}));
		address
	}

	/// Sends raw bytes; what came back.
	async fn raw(address: &str, bytes: &[u8]) -> String {
		let mut stream = TcpStream::connect(address).await.unwrap();
		stream.write_all(bytes).await.unwrap();
		stream.shutdown().await.unwrap();
		let mut text = Vec::new();
		stream.read_to_end(&mut text).await.unwrap();
		String::from_utf8_lossy(&text).into_owned()
	}

	#[tokio::test]
	async fn request_should_be_answered_when_it_is_one() {
		let at = Address::parse(&format!("http://{}/base/", echo(LIMITS).await)).unwrap();
		let answer = at.ask("POST", "/v1/reports", b"{\"a\":1}").await.unwrap();
		assert_eq!(answer.code, 200);
		assert_eq!(answer.body, b"POST /base/v1/reports {\"a\":1}");
		let body = vec![b'x'; MOST_BODY - 40];
		assert_eq!(at.ask("POST", "/", &body).await.unwrap().code, 200);
		let body = vec![b'x'; MOST_BODY + 1];
		assert_eq!(at.ask("POST", "/", &body).await.unwrap().code, 413);
	}

	#[tokio::test]
	async fn request_should_be_refused_when_it_is_malformed_or_too_large() {
		let address = echo(LIMITS).await;
		let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(9_000));
		let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(40));
		for (bytes, code) in [
			("nonsense\r\n\r\n", "400"),
			("GET / HTTP/1.1\r\nContent-Le", "400"),
			("POST / HTTP/1.1\r\n\r\n", "411"),
			("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"),
			("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"),
			("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", "400"),
			("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\na", "413"),
			("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\na", "400"),
			(&long, "431"),
			(&many, "431"),
		] {
			let answer = raw(&address, bytes.as_bytes()).await;
			assert!(answer.starts_with(&format!("HTTP/1.1 {code} ")), "{bytes}: {answer}");
			assert!(answer.contains("refused"), "{answer}");
		}
		// Two requests at once are one.
		let two = "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n";
		let answer = raw(&address, two.as_bytes()).await;
		assert!(answer.ends_with("GET /a "), "{answer}");
	}

	#[tokio::test]
	async fn address_should_have_to_wait_when_it_asks_too_often() {
		let address = echo(Limits { requests_each: 3, ..LIMITS }).await;
		let at = Address::parse(&format!("http://{address}")).unwrap();
		let mut codes = Vec::new();
		for _ in 0..5 {
			codes.push(at.ask("GET", "/", b"").await.unwrap().code);
		}
		assert_eq!(codes[..3], [200, 200, 200]);
		// A minute may have ended in between.
		assert!(codes[3] == 429 || codes[4] == 200, "{codes:?}");
	}

	#[test]
	fn doorkeeper_should_count_those_inside_and_forget_the_others() {
		let limits = Limits { connections: 9, connections_each: 2, requests_each: 3 };
		let who = IpAddr::from([10, 0, 0, 1]);
		let mut door = Doorkeeper::default();
		assert!(door.enter(&limits, who, 1) && door.enter(&limits, who, 1));
		assert!(!door.enter(&limits, who, 1), "two are inside");
		assert!(door.enter(&limits, IpAddr::from([10, 0, 0, 2]), 1));
		door.leave(who);
		assert!(door.enter(&limits, who, 1));
		door.leave(who);
		assert!(!door.enter(&limits, who, 1), "three in a minute");
		assert!(door.enter(&limits, who, 2), "a minute later");
		door.leave(who);
		door.leave(who);
		assert!(door.enter(&limits, IpAddr::from([10, 0, 0, 3]), 3));
		assert!(!door.counts.contains_key(&who));
	}

	#[test]
	fn origin_should_be_the_household_when_the_address_is_of_ipv6() {
		let of = |text: &str| origin(format!("[{text}]:80").parse().unwrap()).to_string();
		assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
		assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
	}

	#[test]
	fn address_should_be_refused_when_it_is_no_plain_one() {
		for (url, host) in [
			("http://leader.example:9617", "leader.example:9617"),
			("http://leader.example/pool/3", "leader.example:80"),
			("http://[::1]:9617", "[::1]:9617"),
		] {
			assert_eq!(Address::parse(url).unwrap().host, host);
		}
		for url in ["", "leader:1", "https://leader", "http://", "http://a@b", "http://a b"] {
			assert!(matches!(Address::parse(url), Err(Error::Config(_))), "{url}");
		}
	}

	#[tokio::test]
	async fn failure_should_be_told_when_nobody_answers_or_nonsense_does() {
		let at = Address::parse("http://127.0.0.1:1").unwrap();
		assert!(matches!(at.ask("GET", "/", b"").await, Err(Error::Leader(_))));
		for reply in
			[&b""[..], b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"]
		{
			let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
			let url = format!("http://{}", listener.local_addr().unwrap());
			tokio::spawn(async move {
				let (mut stream, _) = listener.accept().await.unwrap();
				let mut request = [0; 4_096];
				let _ = stream.read(&mut request).await;
				let _ = stream.write_all(reply).await;
			});
			let error = Address::parse(&url).unwrap().ask("GET", "/", b"").await.unwrap_err();
			assert!(matches!(error, Error::Leader(_)), "{error}");
		}
	}

	proptest! {
		#[test]
		fn parsing_should_not_panic_when_bytes_are_random(
			bytes in prop::collection::vec(any::<u8>(), 0..300), prefix in 0usize..4,
		) {
			let prefix: &[u8] = [&b""[..], b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Length:", b"HTTP/1.1 200 OK\r\n"][prefix];
			let bytes = [prefix, &bytes].concat();
			if let Ok(Some(head)) = request_head(&bytes) {
				prop_assert!(head.end <= bytes.len() && head.body <= MOST_BODY);
			}
			if let Ok(Some(head)) = answer_head(&bytes) {
				prop_assert!(head.end <= bytes.len() && head.body <= MOST_BODY);
			}
		}
	}
}
