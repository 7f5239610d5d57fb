public import Bytes
internal import CCurl
public import EventLoop
import Platform

/// Names a transfer that was started. Once that has ended, the name stands for nothing.
public struct TransferID {
  let transfer: Transfer
  let generation: UInt32
}

/// Requests to backends: POST, and GET for probes, over HTTP/1.1, `http` and `https` only, certificates checked, redirects
/// not followed, names resolved on threads of libcurl, connections kept for the next request.
///
/// This is libcurl multi in its socket-action form (libcurl-multi(3)), driven by the event loop. Its callbacks
/// only record; completions are delivered at the end of a turn, so that they may start and cancel transfers.
public final class HTTPClient: BackendClient {
  private let loop: EventLoop
  private let multi: UnsafeMutableRawPointer
  private var watches: SocketWatches?
  /// When libcurl wants to continue without an event; `nil` for never.
  private var timeOutDeadline: Instant?
  /// The timer for that. It may fire earlier, and is then set again.
  private var timer: TimerID?
  private var timerDeadline = Instant(nanoseconds: 0)
  private var isTimeOutDeferred = false
  private var isCollecting = false
  /// Whether libcurl is at work, and calls back from there.
  private var isActing = false
  /// What was put off to the end of a turn may find the client closed.
  private var isClosed = false
  /// What is done at the end of a turn: made once, because a function that captures takes memory. Both refer to the
  /// client until it is closed.
  private lazy var collectLater: () -> Void = { [self] in
    isCollecting = false
    collect()
  }
  private lazy var timeOutLater: () -> Void = { [self] in
    isTimeOutDeferred = false
    timeOut()
  }
  /// The running transfers; each knows its place.
  private var running: [Transfer] = []

  /// Those of them that have something for their receivers. Each knows whether it is among them.
  private var ready: [Transfer] = []
  /// The array in which they are kept while they are looked at, so that its memory is used again.
  private var spareReady: [Transfer] = []

  /// A client with at most `keptConnections` idle connections to all upstreams together.
  public init(on loop: EventLoop, keptConnections: Int) {
    self.loop = loop
    guard ccurl_global_init() == CURLE_OK, let multi = curl_multi_init() else {
      fatalError("libcurl: cannot be initialised")
    }
    self.multi = multi
    watches = SocketWatches(on: loop, isPaused: { [self] in isPaused(on: $0) }) { [self] in
      act(on: $0, readiness: $1)
    }
    keep(connections: keptConnections)
    _ = ccurl_multi_set_context(multi, Unmanaged.passUnretained(self).toOpaque())
    _ = ccurl_multi_set_socket_function(multi) { easy, socket, what, context, _ in
      let client = HTTPClient.recover(context)
      let patience = what == CURL_POLL_REMOVE ? 0 : client.patience(easy)
      if client.watches?.update(socket, wanted: what, patience: patience) == false {
        client.fail(easy)
      }
      // An error from here would end all other transfers as well.
      return 0
    }
    _ = ccurl_multi_set_timer_function(multi) { _, milliseconds, context in
      HTTPClient.recover(context).setTimer(milliseconds: milliseconds)
      return 0
    }
  }

  /// As ``BackendClient`` has it.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    for transfer in running {
      curl_multi_remove_handle(multi, transfer.easy)
      transfer.retire()
    }
    running = []
    (ready, spareReady) = ([], [])
    loop.cancel(timer)
    curl_multi_cleanup(multi)
    watches?.removeAll()
    watches = nil
    (collectLater, timeOutLater) = ({}, {})
  }

  /// As ``BackendClient`` has it.
  public func post(
    _ body: ByteBuffer, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID {
    post(
      body, in: nil, to: upstream, fields: fields, receiver: receiver, completion: completion)
  }

  /// As ``BackendClient`` has it.
  public func post(
    _ body: ByteBuffer, in frame: BodyFrame?, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID {
    let transfer = upstream.idle.popLast() ?? makeTransfer(for: upstream)
    transfer.prepare(
      for: upstream, fields: fields, body: body, in: frame, receiver: receiver,
      completion: completion)
    transfer.place = running.count
    running.append(transfer)
    add(transfer)
    return TransferID(transfer: transfer, generation: transfer.generation)
  }

  /// As ``BackendClient`` has it.
  public func cancel(_ id: TransferID) {
    if id.transfer.generation == id.generation { finish(id.transfer) }
  }

  /// As ``BackendClient`` has it.
  public func progress(of id: TransferID) -> TransferProgress {
    guard id.transfer.generation == id.generation else { return TransferProgress() }
    return TransferProgress(status: id.transfer.status, timings: id.transfer.timings)
  }

  /// As ``BackendClient`` has it.
  public func pause(_ id: TransferID) {
    if id.transfer.generation == id.generation { id.transfer.isHeld = true }
  }

  /// As ``BackendClient`` has it.
  public func resume(_ id: TransferID) {
    guard id.transfer.generation == id.generation else { return }
    id.transfer.isHeld = false
    id.transfer.noteNews()
    collectAtEndOfTurn()
  }

  /// The most transfers that the kept memory of a batch has room for.
  private static let keptBatch = 64

  /// Sets how many idle connections may be kept, to all upstreams together; CURLMOPT_MAXCONNECTS(3).
  public func keep(connections: Int) {
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
  }

  private func makeTransfer(for upstream: Upstream) -> Transfer {
    Transfer(
      for: upstream,
      onSocketWanted: { context, _, address in
        let transfer = Transfer.recover(context)
        guard transfer.admits(address!) else { return -1 }
        let address = address!.pointee
        let socket = openSocket(
          family: address.family, type: address.socktype, protocolNumber: address.protocol)
        if socket >= 0 {
          HTTPClient.recover(transfer.client).watches?.open(
            socket, origin: transfer.upstream?.origin ?? [])
          transfer.sockets.add(socket)
        }
        return socket
      },
      onSocketClosed: { context, socket in
        let client = HTTPClient.recover(context)
        client.watches?.forget(socket)
        _ = client.running.first { $0.sockets.noteClosing(socket) }
        closeConnection(socket)
        return 0
      }, client: Unmanaged.passUnretained(self).toOpaque())
  }

  /// Takes a transfer out of libcurl and gives its handle back to its upstream.
  private func finish(_ transfer: Transfer) {
    let last = running.removeLast()
    if last !== transfer {
      running[transfer.place] = last
      last.place = transfer.place
    }
    curl_multi_remove_handle(multi, transfer.easy)
    let upstream = transfer.upstream
    transfer.retire()
    upstream?.idle.append(transfer)
  }

  /// A transfer is over, with this result of libcurl's.
  private func complete(_ transfer: Transfer, _ code: CURLcode) {
    guard let completion = transfer.completion else { return }
    let result = transfer.result(code)
    if result.failure == .interrupted, transfer.isAtFaultOfKeptConnection {
      return sendAgain(transfer)
    }
    finish(transfer)
    completion(result)
  }

  /// Sends a request again, on a new connection, because a kept one had ended. Its owner does not learn of it.
  private func sendAgain(_ transfer: Transfer) {
    shutDownIdleConnections(of: transfer.upstream)
    curl_multi_remove_handle(multi, transfer.easy)
    transfer.prepareAgain()
    add(transfer)
  }

  private func add(_ transfer: Transfer) {
    guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
      fatalError("libcurl: no memory for a transfer")
    }
  }

  /// Libcurl has found that a kept connection had ended, and sends the request on a new one.
  func noteStaleConnection(of upstream: Upstream?) {
    loop.atEndOfTurn { [self] in shutDownIdleConnections(of: upstream) }
  }

  /// Shuts down the idle connections of an upstream: what ended one of them has probably ended the others.
  private func shutDownIdleConnections(of upstream: Upstream?) {
    if let upstream { watches?.shutDownIdle(origin: upstream.origin) }
  }

  /// Ends a transfer whose socket the kernel refuses to watch, because it would wait for an event that never comes.
  private func fail(_ easy: UnsafeMutableRawPointer?) {
    guard let transfer = running.first(where: { $0.easy == easy }) else { return }
    let generation = transfer.generation
    loop.atEndOfTurn { [self] in
      if transfer.generation == generation { complete(transfer, CURLE_ABORTED_BY_CALLBACK) }
    }
  }

  // MARK: Driving libcurl

  private func act(on socket: Int32, readiness: Int32) {
    isActing = true
    _ = ccurl_multi_socket_action(multi, socket, readiness)
    isActing = false
    collectAtEndOfTurn()
  }

  /// What CURLMOPT_TIMERFUNCTION(3) asks for: one time-out in place of the one before; 0 means now, -1 none.
  ///
  /// Now is the end of this turn for a transfer that has just been started. libcurl also asks for it in the middle of
  /// a long read, to go on after the others: that is the next turn.
  private func setTimer(milliseconds: Int) {
    timeOutDeadline = nil
    if milliseconds == 0, !isActing {
      timeOutAtEndOfTurn()
    } else if milliseconds >= 0 {
      timeOutDeadline = loop.now + .milliseconds(milliseconds)
      scheduleTimeOut()
    }
  }

  /// Sets the timer, unless it fires early enough.
  ///
  /// libcurl changes its mind several times for each transfer, most often to a later time. So a timer that is set
  /// stays, and what is wanted is looked at when it fires.
  private func scheduleTimeOut() {
    guard let timeOutDeadline else { return }
    if timer != nil, timerDeadline <= timeOutDeadline { return }
    loop.cancel(timer)
    timerDeadline = timeOutDeadline
    timer = loop.schedule(at: timeOutDeadline) { [self] in
      timer = nil
      guard let deadline = self.timeOutDeadline else { return }
      guard deadline <= loop.now else { return scheduleTimeOut() }
      self.timeOutDeadline = nil
      timeOut()
    }
  }

  /// Lets libcurl go on once this turn, with all transfers that have been started.
  private func timeOutAtEndOfTurn() {
    guard !isTimeOutDeferred else { return }
    isTimeOutDeferred = true
    loop.atEndOfTurn(timeOutLater)
  }

  private func timeOut() {
    guard !isClosed else { return }
    isActing = true
    _ = ccurl_multi_timeout_action(multi)
    isActing = false
    collectAtEndOfTurn()
  }

  private func collectAtEndOfTurn() {
    guard !isCollecting else { return }
    isCollecting = true
    loop.atEndOfTurn(collectLater)
  }

  /// Delivers the parts that have come and the transfers that are over; curl_multi_info_read(3).
  private func collect() {
    if !ready.isEmpty { deliverParts() }
    var left: Int32 = 0
    while !isClosed, let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
        continue
      }
      // The message is gone once a transfer is taken out of libcurl.
      let code = ccurl_message_result(message)
      let transfer = Transfer.recover(ccurl_get_private(easy))
      // The receiver of the last part may give up the transfer.
      if deliver(transfer, isComplete: true) { complete(transfer, code) }
    }
  }

  // MARK: Delivery in parts

  private func deliverParts() {
    var batch: [Transfer] = []
    swap(&batch, &spareReady)
    swap(&batch, &ready)
    for transfer in batch {
      // One that was cancelled by the receiver of another has ended.
      guard transfer.takeNews(), deliver(transfer, isComplete: false) else { continue }
      if transfer.isTooLarge {
        complete(transfer, CURLE_WRITE_ERROR)
      } else if transfer.isPaused, !transfer.isHeld {
        goOn(transfer)
      } else if transfer.isHeld, transfer.isEncoded, !transfer.isPaused {
        // Its callback cannot pause it.
        transfer.isPaused = true
        _ = ccurl_pause(transfer.easy)
      }
    }
    batch.removeAll(keepingCapacity: batch.capacity <= HTTPClient.keptBatch)
    swap(&batch, &spareReady)
  }

  /// Delivers the parts of a response that have come. Returns false if the receiver gave up the transfer.
  private func deliver(_ transfer: Transfer, isComplete: Bool) -> Bool {
    guard let receiver = transfer.receiver else { return true }
    let generation = transfer.generation
    if transfer.awaitsDecision {
      let isInParts = transfer.askForDecision()
      guard transfer.generation == generation else { return false }
      transfer.decide(inParts: isInParts)
    }
    if !transfer.isHeld || isComplete, let part = transfer.takePart() {
      receiver.receive(part: part)
    }
    return transfer.generation == generation
  }

  /// Lets libcurl deliver what it held back, by its callbacks, and read on in a turn that it asks for. Where what it
  /// held back is too much, it returns an error here and does nothing else.
  private func goOn(_ transfer: Transfer) {
    transfer.isPaused = false
    let code = ccurl_continue(transfer.easy)
    guard code == CURLE_OK else { return complete(transfer, code) }
    collectAtEndOfTurn()
  }

  /// A transfer has something for its receiver: it is looked at when libcurl has done its work.
  func note(_ transfer: Transfer) {
    ready.append(transfer)
  }

  /// Whether a paused transfer uses a socket. It may say yes wrongly, because libcurl knows only the port of our end,
  /// and a connection to another backend may have the same one.
  private func isPaused(on socket: Int32) -> Bool {
    guard running.contains(where: { $0.isPaused }) else { return false }
    let port = localPort(of: socket)
    return running.contains { $0.isPaused && $0.localPort == port }
  }

  private func patience(_ easy: UnsafeMutableRawPointer?) -> Int {
    guard let easy, let transfer = ccurl_get_private(easy) else { return 0 }
    return Transfer.recover(transfer).upstream?.settings.patienceMilliseconds ?? 0
  }

  static func recover(_ context: UnsafeMutableRawPointer?) -> HTTPClient {
    Unmanaged<HTTPClient>.fromOpaque(context!).takeUnretainedValue()
  }
}
