import Bytes
internal import CCurl
import Platform

/// One request and its response: an easy handle and what its callbacks gather. Used again for the next request
/// to the same upstream; never for another.
final class Transfer {
  /// The most bytes of header and trailer sections that a response may have.
  private static let fieldLimit = 65536
  /// Where the body is delivered in parts, no more is taken from libcurl while this many bytes wait to be delivered.
  /// One part of libcurl's, 16 KB, may come on top, and it holds back another.
  private static let partLimit = 16384
  /// How many more bytes than a whole body may wait if libcurl unpacks it: the at most 16 KB that it has received
  /// become that many at once.
  private static let unpackedLimit = 1 << 20

  let easy: UnsafeMutableRawPointer
  /// Tells this use from earlier ones, so that a stale `TransferID` cancels nothing.
  private(set) var generation: UInt32 = 0
  private(set) var completion: ((TransferResult) -> Void)?
  /// Who gets it back after this use; `nil` while it is idle, kept by that upstream itself.
  private(set) var upstream: Upstream?
  /// Where it stands among the client's running transfers.
  var place = 0

  /// What libcurl says of a line of over 100 KB in a header section, up to 8.5.
  private static let lineTooLong = CURLE_OUT_OF_MEMORY
  /// What it says of that since 8.6, and of more than 5000 fields: CURLE_TOO_LARGE.
  private static let exceedsLimitOfLibrary: UInt32 = 100

  /// The client, as its socket functions are given it.
  let client: UnsafeMutableRawPointer
  private let usesProxy: Bool
  private let isGet: Bool
  /// Whether an address was refused that the host's name resolved to.
  private var isAddressRefused = false
  private let bodyLimit: Int
  private let sharedFields: UnsafeMutablePointer<curl_slist>?
  private var fields = FieldList()
  private var sent: SentBody?
  private var body: [UInt8] = []
  /// Whether there is more of the body than its limit.
  private(set) var isTooLarge = false
  /// Whether there is more of its header and trailer sections than `fieldLimit`.
  private var isHeadTooLarge = false
  /// How often the request was sent.
  private var sending = Sending()
  /// Whether libcurl is told to use a new connection.
  private var connectsAfresh = false
  /// What libcurl has opened for this request.
  var sockets = OpenedSockets()
  /// The port of our end of the connection, once the request is being sent.
  private(set) var localPort: UInt16 = 0
  /// Who decides about the body and takes its parts.
  private(set) var receiver: (any ResponseReceiver)?
  private(set) var delivery = Delivery.whole
  /// Whether its owner wants no more parts for now.
  var isHeld = false
  /// Whether libcurl was told to pause, and waits to go on.
  var isPaused = false
  /// Whether the client knows that there is something for the receiver.
  private var hasNews = false
  /// What the header sections, those of 1xx responses and the trailer section included, amount to.
  private var fieldBytes = 0
  /// What the response's header fields say.
  private var responseFields = ResponseFields()
  /// Whether the body is compressed.
  var isEncoded: Bool { responseFields.isEncoded }
  /// Whether the header section of a final response (not 1xx) has come whole.
  private var hasHead: Bool { finalStatus > 0 }
  /// The status of the final response, once its header section has come whole; else 0.
  private var finalStatus = 0
  /// libcurl writes here what went wrong; CURLOPT_ERRORBUFFER.
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// A transfer set up for an upstream, which must outlive it. `client` is what the socket functions are given,
  /// and must outlive all connections.
  init(
    for upstream: Upstream, onSocketWanted: ccurl_open_function,
    onSocketClosed: ccurl_close_function, client: UnsafeMutableRawPointer
  ) {
    guard let easy = curl_easy_init() else { fatalError("libcurl: no memory for a transfer") }
    self.easy = easy
    self.client = client
    usesProxy = upstream.settings.proxy != nil
    isGet = upstream.settings.isGet
    bodyLimit = upstream.settings.bodyLimit
    sharedFields = upstream.sharedFields
    errorText.initialize(to: 0)
    configure(upstream)
    _ = ccurl_set_open_function(easy, onSocketWanted)
    // libcurl asks for a socket only while the transfer runs; it closes sockets at any time.
    _ = ccurl_set_pointer(
      easy, CURLOPT_OPENSOCKETDATA, Unmanaged.passUnretained(self).toOpaque())
    _ = ccurl_set_close_function(easy, onSocketClosed)
    _ = ccurl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, client)
  }

  deinit {
    curl_easy_cleanup(easy)
    errorText.deallocate()
  }

  private func configure(_ upstream: Upstream) {
    let settings = upstream.settings
    if let location = upstream.location {
      _ = ccurl_set_url(easy, location)
    } else {
      // Every transfer fails, and says why.
      setText(CURLOPT_URL, settings.url)
    }
    setText(CURLOPT_PROTOCOLS_STR, Array("http,https".utf8))
    setLong(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    setLong(CURLOPT_FOLLOWLOCATION, 0)
    setLong(CURLOPT_NOSIGNAL, 1)
    // A transfer that is given up while its name is being resolved must not wait for the resolver's thread.
    setLong(CURLOPT_QUICK_EXIT, 1)
    // The default of 64 KB is for uploads; 16 KB is the least that libcurl takes.
    setLong(CURLOPT_UPLOAD_BUFFERSIZE, 16384)
    // All that libcurl can unpack is unpacked. `Upstream` keeps libcurl from asking for it.
    setText(CURLOPT_ACCEPT_ENCODING, [])
    setLong(isGet ? CURLOPT_HTTPGET : CURLOPT_POST, 1)
    if settings.isConnectionOnly { setLong(CURLOPT_CONNECT_ONLY, 1) }
    // The method alone: there is still no body.
    if settings.isDelete { setText(CURLOPT_CUSTOMREQUEST, [UInt8]("DELETE")) }
    if let path = settings.socketPath { setText(CURLOPT_UNIX_SOCKET_PATH, path) }
    ConnectionOptions(easy).set(for: settings)
    _ = ccurl_set_text(easy, CURLOPT_ERRORBUFFER, errorText)
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
    _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
    _ = ccurl_set_request_function(easy) { context, _, _, _, localPort in
      Transfer.lend(context) { $0.admitRequest(from: UInt16(truncatingIfNeeded: localPort)) }
        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    _ = ccurl_set_data_function(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return Transfer.lend(context) { $0.receiveBody(part) }
    }
    _ = ccurl_set_pointer(easy, CURLOPT_READDATA, context)
    _ = ccurl_set_data_function(easy, CURLOPT_READFUNCTION) { room, size, count, context in
      let room = UnsafeMutableRawBufferPointer(start: room, count: size * count)
      return Transfer.lend(context) { $0.sent?.read(into: room) ?? 0 }
    }
    _ = ccurl_set_pointer(easy, CURLOPT_SEEKDATA, context)
    _ = ccurl_set_seek_function(easy) { context, offset, _ in
      // libcurl asks for the beginning alone: SEEK_SET, 0.
      Transfer.lend(context) { $0.sent?.position = Int(offset) }
      return CURL_SEEKFUNC_OK
    }
    _ = ccurl_set_data_function(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return Transfer.lend(context) { $0.receiveHeaderLine(line) }
    }
  }

  /// Sets the handle up for one request.
  func prepare(
    for upstream: Upstream, fields lines: FieldLines, body sent: ByteBuffer, in frame: BodyFrame?,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) {
    self.upstream = upstream
    self.completion = completion
    self.receiver = receiver
    delivery = receiver == nil ? .whole : .undecided
    let sent = SentBody(sent, in: frame)
    self.sent = sent
    body = []
    isAddressRefused = false
    isTooLarge = false
    isHeadTooLarge = false
    finalStatus = 0
    sending = Sending()
    beginSending(connectsAfresh: false)
    fieldBytes = 0
    responseFields = ResponseFields()
    errorText[0] = 0
    _ = ccurl_set_fields(easy, fields.fill(with: lines, before: sharedFields))
    // A body would make a POST of it.
    if !isGet { sent.set(on: easy) }
  }

  /// Sets the handle up to send the same request once more, on a new connection.
  func prepareAgain() {
    sending = Sending(again: true)
    errorText[0] = 0
    beginSending(connectsAfresh: true)
  }

  private func beginSending(connectsAfresh: Bool) {
    localPort = 0
    sent?.position = 0
    sockets.reset()
    guard self.connectsAfresh != connectsAfresh else { return }
    self.connectsAfresh = connectsAfresh
    setLong(CURLOPT_FRESH_CONNECT, connectsAfresh ? 1 : 0)
  }

  /// Whether a connection was made for this transfer.
  private var isOnNewConnection: Bool { ccurl_get_long(easy, CURLINFO_NUM_CONNECTS) > 0 }

  /// Whether it was interrupted by the end of a kept connection, before anything of the response had come, and is to be
  /// sent again.
  var isAtFaultOfKeptConnection: Bool {
    fieldBytes == 0 && sending.needsRepetition(onNewConnection: isOnNewConnection)
  }

  /// The status code of a response whose header section has come whole, or is not worth waiting for; else 0.
  var status: Int {
    if hasHead { return finalStatus }
    return isTooLarge || isHeadTooLarge ? ccurl_get_long(easy, CURLINFO_RESPONSE_CODE) : 0
  }

  /// Ends this use: its generation names no transfer any longer. Frees what the request held.
  func retire() {
    generation &+= 1
    completion = nil
    receiver = nil
    isHeld = false
    isPaused = false
    hasNews = false
    upstream = nil
    body = []
    // libcurl looks at it only while it transfers; the next request brings another.
    sent = nil
  }

  /// The result, given libcurl's.
  func result(_ code: CURLcode) -> TransferResult {
    let timings = self.timings
    var failure = code == CURLE_OK ? nil : self.failure(code, timings)
    if usesProxy, let known = failure {
      failure = ProxyFailure(easy).cause(of: known, isSent: sending.hasBegun)
    }
    if isAddressRefused, failure == .connectFailed { failure = .addressRefused }
    if isTooLarge { failure = .tooLarge }
    if isHeadTooLarge || timings.firstByte > 0 && isLimitOfHead(code) { failure = .headTooLarge }
    if sending.isRefused { failure = .interrupted }
    // libcurl takes a connection that ends inside the header section for a response without a body.
    let lacksHead = !hasHead && upstream?.settings.isConnectionOnly != true
    if failure == nil, lacksHead || responseFields.isLengthInvalid { failure = .interrupted }
    return TransferResult(
      failure: failure,
      status: status,
      body: body,
      retryAfter: responseFields.retryAfter,
      forbidsRetry: responseFields.forbidsRetry,
      isDelimited: responseFields.isDelimited,
      usesTLS: upstream?.settings.usesTLS ?? true,
      timings: timings,
      detail: failure == nil ? "" : Text(cString: errorText))
  }

  /// Whether libcurl failed because a header or trailer section is longer than it takes.
  private func isLimitOfHead(_ code: CURLcode) -> Bool {
    code.rawValue == Transfer.exceedsLimitOfLibrary || code == Transfer.lineTooLong && !hasHead
  }

  private func failure(_ code: CURLcode, _ timings: TransferTimings) -> TransferFailure? {
    // CURLINFO_CONNECT_TIME_T may stay 0 until the TLS handshake is done. libcurl 7.88 tells the local port before,
    // 8.14 does not.
    TransferFailure(
      code, connected: sockets.wereConnected || ccurl_get_long(easy, CURLINFO_LOCAL_PORT) > 0,
      resolved: timings.nameResolved > 0, detail: hasHead ? "" : Text(cString: errorText))
  }

  // MARK: Delivery in parts

  /// Tells the client, once, that there may be something for the receiver.
  func noteNews() {
    guard receiver != nil, !hasNews else { return }
    hasNews = true
    HTTPClient.recover(client).note(self)
  }

  /// Whether there may be something for the receiver; that is known from now on.
  func takeNews() -> Bool {
    defer { hasNews = false }
    return hasNews
  }

  /// Whether the receiver is to decide about the body, because the header section has come.
  var awaitsDecision: Bool { delivery == .undecided && hasHead }

  /// Lets the receiver decide about the body. It may give the transfer up.
  func askForDecision() -> Bool {
    let head = ResponseHead(
      status: finalStatus, announcesTooMuch: responseFields.announcesTooMuch)
    let type = ccurl_get_content_type(easy)
    var count = 0
    while let type, type[count] != 0 { count += 1 }
    let text = UnsafeRawBufferPointer(start: type, count: count).bindMemory(to: UInt8.self)
    return receiver!.receive(head, contentType: text.span)
  }

  /// Settles what is done with the body.
  func decide(inParts: Bool) {
    delivery = inParts ? .inParts : .whole
    if delivery == .whole, body.count > bodyLimit || responseFields.announcesTooMuch {
      isTooLarge = true
    }
  }

  /// Takes what waits to be delivered, `nil` if there is nothing.
  func takePart() -> [UInt8]? {
    guard delivery == .inParts, !body.isEmpty else { return nil }
    var part: [UInt8] = []
    swap(&part, &body)
    return part
  }

  // MARK: libcurl's callbacks, which may ask libcurl, but not make it do anything

  /// The transfer that a handle stands for.
  static func recover(_ context: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
  }

  /// Lends it to a callback, which comes for each line of a header section: the caller holds it.
  private static func lend<Result>(
    _ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Result
  ) -> Result {
    Unmanaged<Transfer>.fromOpaque(context!)._withUnsafeGuaranteedRef(body)
  }

  /// Whether the request may be sent; CURLOPT_PREREQFUNCTION(3).
  private func admitRequest(from localPort: UInt16) -> Bool {
    self.localPort = localPort
    switch sending.admit(onNewConnection: isOnNewConnection) {
    case .first: return true
    case .again: HTTPClient.recover(client).noteStaleConnection(of: upstream)
    case .refused: return false
    }
    return true
  }

  /// Whether a socket may be opened to an address; CURLOPT_OPENSOCKETFUNCTION(3). libcurl tries the name's next one.
  func admits(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
    guard let settings = upstream?.settings, settings.refusesHostOnly else { return true }
    let host = withUnsafeMutablePointer(to: &address.pointee.addr) {
      SocketAddress(copying: $0, count: Int(address.pointee.addrlen)).host
    }
    if host?.isHostOnly != true, !settings.refusesPrivate || host?.isOwnNetwork != true {
      return true
    }
    isAddressRefused = true
    return false
  }

  /// Takes a part of the body; any count but all of them, or the one for a pause, ends the transfer.
  /// CURLOPT_WRITEFUNCTION(3).
  private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    if delivery != .whole { noteNews() }
    if delivery != .whole, !isEncoded {
      guard !isHeld, body.count < Transfer.partLimit else {
        isPaused = true
        return Int(CURL_WRITEFUNC_PAUSE)
      }
    } else if body.count + bytes.count > bodyLimit
      + (delivery == .whole ? 0 : Transfer.unpackedLimit)
    {
      // libcurl would unpack and keep all that it has received at once, even while the transfer is paused.
      isTooLarge = true
      return 0
    }
    body.append(copying: bytes)
    return bytes.count
  }

  /// Takes one line of a header or trailer section; the empty one ends it. CURLOPT_HEADERFUNCTION(3).
  private func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Int {
    fieldBytes += line.count
    guard fieldBytes <= Transfer.fieldLimit else {
      isHeadTooLarge = true
      return 0
    }
    if let first = line.first, first == UInt8(ascii: "\r") || first == UInt8(ascii: "\n") {
      let status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
      finalStatus = status >= 200 ? status : 0
      if hasHead { noteNews() }
      // No need to wait for what is announced to be too much.
      if isTooLarge { return 0 }
    } else if !hasHead, !line.isEmpty {
      responseFields.note(line.bindMemory(to: UInt8.self).span, bodyLimit: bodyLimit)
      if responseFields.announcesTooMuch, delivery == .whole { isTooLarge = true }
    }
    return line.count
  }

  private func setLong(_ option: CURLoption, _ value: Int) {
    _ = ccurl_set_long(easy, option, value)
  }

  private func setText(_ option: CURLoption, _ value: [UInt8]) {
    value.withCString { _ = ccurl_set_text(easy, option, $0) }
  }
}
