internal import CLinux

/// Opens a socket, non-blocking and closed on exec; the caller owns it. -1 where there is none to be had.
/// socket(2).
public func openSocket(family: Int32, type: Int32, protocolNumber: Int32) -> Int32 {
  let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  return socket(family, type | flags, protocolNumber)
}

/// Ends a connection that somebody else owns and will close: both sides see the end at once. shutdown(2).
public func shutDownConnection(_ descriptor: Int32) {
  _ = shutdown(descriptor, Int32(SHUT_RDWR))
}

/// Ends a connection that somebody else owns, together with what it has received: its owner finds only the end.
/// MSG_TRUNC in tcp(7).
public func shutDownDiscardingInput(_ descriptor: Int32) {
  shutDownConnection(descriptor)
  _ = recv(descriptor, nil, Int(Int32.max), Int32(MSG_TRUNC) | Int32(MSG_DONTWAIT))
}

/// Ends the sending side of a connection that somebody else owns: the peer sees the end of what it reads.
public func shutDownSending(_ descriptor: Int32) {
  _ = shutdown(descriptor, Int32(SHUT_WR))
}

/// Closes a connection that the caller owns.
public func closeConnection(_ descriptor: Int32) {
  _ = close(descriptor)
}

/// Sends bytes on a connection without waiting: for a short answer on one that nothing was sent on yet, which
/// always has room. What does not fit is lost; the connection is about to end anyway.
public func sendLastWords(_ bytes: [UInt8], on descriptor: Int32) {
  _ = send(
    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
}
