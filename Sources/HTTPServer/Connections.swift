import Bytes
import EventLoop
import Platform

/// The connections of a server: who gets a place, and how each ends.
extension HTTPServer {
  /// How many connections one listener's turn takes at most.
  static let acceptedAtOnce = 32
  /// How long a connection may wait for a request before it gives way to a new one where places are short.
  private static let idlePatience = TimeSpan.seconds(5)
  /// From how many connections on their memory is given back.
  private static let crowd = 64

  /// Takes a bounded number of connections, so that a flood of them does not starve those that are open. Returns
  /// whether there may be more.
  @discardableResult
  func accept(from listener: Listener) -> Bool {
    for _ in 0..<HTTPServer.acceptedAtOnce {
      do throws(SystemError) {
        guard let (descriptor, address) = try listener.socket.accept() else { return false }
        admit(
          descriptor, from: address, isSecure: listener.isSecure,
          isAdministrator: listener.isControl && isAdministrator(peerOf: descriptor))
      } catch {
        pauseListeners(after: error)
        return false
      }
    }
    return true
  }

  /// Leaves new connections where they are for a second.
  private func pauseListeners(after error: SystemError) {
    onAcceptFailure?(error)
    for listener in listeners { listener.pause() }
    _ = loop.schedule(after: .seconds(1)) { [self] in
      do throws(SystemError) {
        for listener in listeners { try listener.resume() }
      } catch {
        pauseListeners(after: error)
      }
    }
  }

  private func admit(
    _ descriptor: Int32, from address: SocketAddress, isSecure: Bool, isAdministrator: Bool
  ) {
    guard let daemon = isSecure ? secure : plain else { return closeConnection(descriptor) }
    let connection = ClientConnection(
      descriptor: descriptor, address: address, isAdministrator: isAdministrator, daemon: daemon,
      at: loop.now, settings)
    if let refusal = makeRoom(for: connection) { return turnAway(connection, refusal) }
    do throws(SystemError) {
      connection.registration = try loop.register(descriptor, for: [.peerClosed, .edge]) {
        [self] in
        observe(connection, $0)
      }
    } catch {
      onAcceptFailure?(error)
      return closeConnection(descriptor)
    }
    table.insert(connection)
    peak = max(peak, table.all.count)
    if !daemon.add(connection) { connectionEnded(connection) }
    if isSecure { sweepSoon() }
  }

  /// Where all places are taken, or all of one address, a connection that has waited for seconds without a request
  /// gives way. Returns why there is no place.
  private func makeRoom(for connection: ClientConnection) -> Refusal? {
    let limit = loop.now - HTTPServer.idlePatience
    if table.isFull(for: connection.peer) {
      guard let idle = table.longestIdle(since: limit, of: connection.peer) else {
        return .tooManyConnections(fromOneAddress: connection.peer != .administrator)
      }
      end(idle)
    }
    if connection.peer != .administrator, table.isFull {
      guard let idle = table.longestIdle(since: limit, of: nil) else {
        return .tooManyConnections(fromOneAddress: false)
      }
      end(idle)
    }
    return nil
  }

  /// Refuses a new connection. Over TLS, an answer would cost an agreement first.
  private func turnAway(_ connection: ClientConnection, _ refusal: Refusal) {
    note(refusal.reason, connection)
    guard !connection.daemon.isSecure, let response = handler?.response(to: refusal, of: nil) else {
      return closeConnection(connection.descriptor)
    }
    sendLastWords(
      response.wholeResponse(identifier: identifier(requested: nil)), on: connection.descriptor)
    linger(LingeringClose(adopting: Descriptor(adopting: connection.descriptor), on: loop))
  }

  /// Counts a client that is turned away, and says so.
  func note(_ reason: TurnedAway, _ connection: ClientConnection) {
    traffic.count(reason)
    guard let omitted = notices.note(reason, at: loop.now) else { return }
    onTurnedAway?(
      TurnedAwayNotice(reason: reason, address: connection.address, omitted: omitted))
  }

  /// The client has left, or has closed its side.
  private func observe(_ connection: ClientConnection, _ readiness: Readiness) {
    guard !readiness.isDisjoint(with: [.peerClosed, .hangUp, .error]) else { return }
    connection.hasPeerClosed = true
    // One that has only closed its sending side may still take an answer, and its time for it.
    let isGone = !readiness.isDisjoint(with: [.hangUp, .error])
    if isGone || !connection.isSending { table.markLeaving(connection) }
    // libmicrohttpd may have seen the end along with a part of a request, and not look again.
    if connection.reader.isInside, case .ended = peek(connection.descriptor, into: scratch) {
      return end(connection)
    }
    peerClosed(connection)
  }

  /// A client speaks plain HTTP where TLS is spoken.
  func refusePlainHTTP(_ connection: ClientConnection) {
    note(.plainHTTP, connection)
    connection.isReading = false
    guard let response = handler?.response(to: .plainHTTP, of: nil) else { return }
    sendLastWords(
      response.wholeResponse(identifier: identifier(requested: nil)), on: connection.descriptor)
    // GnuTLS would add an alert.
    shutDownSending(connection.descriptor)
    connection.lingering = LingeringClose(sharing: connection.descriptor, on: loop)
  }

  /// Reads on from a client that was refused. These connections take no client's place: they are counted apart. Beyond
  /// as many as may be connected, the next are closed at once.
  func linger(_ close: LingeringClose) {
    guard lingeringCount < settings.connectionLimit else { return close.beBrief() }
    lingeringCount += 1
    close.begin { [self] in lingeringCount -= 1 }
  }

  /// The client has gone. While its request is with the application, libmicrohttpd does not notice.
  func peerClosed(_ connection: ClientConnection) {
    connection.request?.abandon()
  }

  /// Ends a connection: libmicrohttpd finds it closed and cleans up.
  func end(_ connection: ClientConnection) {
    table.markLeaving(connection)
    shutDownConnection(connection.descriptor)
  }

  /// libmicrohttpd is about to close the connection's socket.
  func connectionEnded(_ connection: ClientConnection) {
    leave(connection)
    // A request that libmicrohttpd does not know yet.
    connection.request?.end()
    connection.request = nil
    if let lingering = connection.lingering { linger(lingering) }
    connection.lingering = nil
  }

  /// The connection's socket is being closed: nothing is watched or counted any more.
  private func leave(_ connection: ClientConnection) {
    if let registration = connection.registration { loop.forget(registration) }
    connection.registration = nil
    table.remove(connection)
    giveBackMemory()
    announceIfDrained()
  }

  /// Once a crowd has left, the memory that it took is the machine's again.
  private func giveBackMemory() {
    guard peak >= HTTPServer.crowd, table.all.count <= peak / 2, !isGivingBack else { return }
    isGivingBack = true
    _ = loop.schedule(after: .seconds(1)) { [self] in
      isGivingBack = false
      guard table.all.count <= peak / 2 else { return }
      peak = table.all.count
      Environment.giveBackFreeMemory()
    }
  }

  func announceIfDrained() {
    guard isDraining, table.all.isEmpty, let onDrained else { return }
    self.onDrained = nil
    onDrained()
  }
}
