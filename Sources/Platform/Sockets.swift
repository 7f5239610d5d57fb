internal import CLinux

/// Opens a socket that does not block and is closed on exec; socket(2).
///
/// The caller owns it. Returns -1 if it cannot be opened.
public func openSocket(family: Int32, type: Int32, protocolNumber: Int32) -> Int32 {
  let flags = Int32(CLINUX_PREPARED)
  return socket(family, type | flags, protocolNumber)
}

/// Ends a connection in both directions; shutdown(2).
///
/// The descriptor belongs to other code, which then reads the end, and closes it.
public func shutDownConnection(_ descriptor: Int32) {
  _ = shutdown(descriptor, Int32(SHUT_RDWR))
}

/// Ends a connection in both directions, and discards what was received; MSG_TRUNC in tcp(7).
///
/// The descriptor belongs to other code, which then reads only the end.
public func shutDownDiscardingInput(_ descriptor: Int32) {
  shutDownConnection(descriptor)
  _ = recv(descriptor, nil, Int(Int32.max), Int32(MSG_TRUNC) | Int32(MSG_DONTWAIT))
}

/// Whether reading from a descriptor would return at once: bytes, the end, or an error; poll(2).
public func isReadable(_ descriptor: Int32) -> Bool {
  var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&waiting, 1, 0) > 0
}

/// Limits how long sent data may stay unacknowledged before the connection fails; TCP_USER_TIMEOUT
/// in tcp(7).
///
/// The descriptor belongs to other code. Another kind of socket than TCP's is left alone.
public func limitUnacknowledgedTime(of descriptor: Int32, milliseconds: Int) {
  var limit = UInt32(clamping: milliseconds)
  _ = setsockopt(
    descriptor, clinux_ipproto_tcp(), TCP_USER_TIMEOUT, &limit,
    socklen_t(MemoryLayout<UInt32>.size))
}

/// Whether the process at the other end of a unix socket was root's, or of this process's user, when it connected;
/// SO_PEERCRED in unix(7).
public func isAdministrator(peerOf descriptor: Int32) -> Bool {
  let user = clinux_peer_user(descriptor)
  return user == 0 || user == Int64(geteuid())
}

/// The port of a socket's own end; 0 if it has none. getsockname(2).
public func localPort(of descriptor: Int32) -> UInt16 {
  SocketAddress { _ = getsockname(descriptor, $0, $1) }.port ?? 0
}

/// Whether a socket has a peer; getpeername(2).
public func isConnected(_ descriptor: Int32) -> Bool {
  var result: Int32 = -1
  _ = SocketAddress { result = getpeername(descriptor, $0, $1) }
  return result == 0
}

/// Ends the sending direction of a connection, so that the peer reads the end; shutdown(2).
///
/// The descriptor belongs to other code.
public func shutDownSending(_ descriptor: Int32) {
  _ = shutdown(descriptor, Int32(SHUT_WR))
}

/// Closes a connection that the caller owns; close(2).
public func closeConnection(_ descriptor: Int32) {
  _ = close(descriptor)
}

/// Sends a short, last answer without waiting; send(2).
///
/// For a connection on which nothing was sent yet, so that there is room. What does not fit is
/// lost; the connection is about to end anyway.
public func sendLastWords(_ bytes: [UInt8], on descriptor: Int32) {
  _ = send(
    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
}
