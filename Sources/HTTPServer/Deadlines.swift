import Bytes
import EventLoop
import Platform

/// The requests of a server, and how long each may take.
extension HTTPServer {
  /// How often what takes too long is looked for; deadlines are kept to within this.
  private static let sweepInterval = TimeSpan.milliseconds(500)

  /// The name of a request: the client's, if it sent a sane one.
  func identifier(requested: [UInt8]?) -> [UInt8] {
    if let requested, requested.isIdentifier { return requested }
    return random.identifier("req_")
  }

  func requestBegan(_ request: Request) {
    let connection = request.connection
    connection.request = request
    if case .waiting = connection.phase { connection.phaseStart = loop.now }
    connection.phase = .receivingBody(since: loop.now)
    sweepSoon()
  }

  /// An answer is about to be sent, whether the client has closed its sending side or not: as long as it takes, the
  /// connection has its place.
  func answerBegins(_ request: Request, _ response: Response) {
    request.state = .responding
    request.connection.phase = .answering
    table.markStaying(request.connection)
    traffic.count(response, hasBody: request.method != .head)
  }

  func requestEnded(_ connection: ClientConnection) {
    connection.request = nil
    connection.isNew = false
    if connection.hasPeerClosed {
      table.markLeaving(connection)
      // Unless a next request came before, or the connection is closed already and its descriptor another one's.
      loop.atEndOfTurn { [self] in
        guard connection.isWaiting, connection.place != nil, connection.ahead.isEmpty else {
          return
        }
        if case .ended = peek(connection.descriptor, into: scratch) { end(connection) }
      }
    }
    connection.begin(.waiting, at: loop.now)
    if !connection.reader.isRefused {
      connection.reader.reset()
      connection.isReading = true
      if connection.mustReadAgain || !connection.ahead.isEmpty {
        connection.mustReadAgain = false
        connection.daemon.readAgain(connection)
      }
    }
    if isDraining { end(connection) }
    sweepSoon()
  }

  // MARK: What takes too long

  func sweepSoon() {
    guard sweepTimer == nil else { return }
    sweepTimer = loop.schedule(after: HTTPServer.sweepInterval) { [self] in sweep() }
  }

  /// Ends what is overdue, and goes on for as long as there is a deadline to keep.
  private func sweep() {
    sweepTimer = nil
    for connection in table.all where connection.isOverdue(at: loop.now, settings) {
      if connection.isHandshaking || connection.isRefusedForTime {
        if connection.isHandshaking { note(.tooSlow, connection) }
        end(connection)
      } else {
        connection.isRefusedForTime = true
        connection.daemon.readAgain(connection)
      }
    }
    if table.all.contains(where: { $0.hasDeadline }) { sweepSoon() }
  }
}
