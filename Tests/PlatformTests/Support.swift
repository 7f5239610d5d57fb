import Bytes
import Foundation
import Testing
import TestSupport

@testable import Platform

func ip(_ text: String) -> IPAddress { IPAddress(text: bytes(text).span)! }

/// A pipe. The caller closes its ends, or passes them to an owner that does.
func makePipe() -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  precondition(pipe(&ends) == 0)
  return (ends[0], ends[1])
}

/// All bytes from a descriptor until its end.
func drain(_ descriptor: Int32) -> [UInt8] {
  FileHandle(fileDescriptor: descriptor).readDataToEndOfFile().map { $0 }
}

func waitForConnection(
  _ listener: borrowing ListeningSocket
) throws -> (connection: Int32, peer: SocketAddress) {
  var waiting = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
  #expect(poll(&waiting, 1, 5000) == 1)
  let accepted = try listener.accept()
  return try #require(accepted)
}

/// A client's socket, which the caller closes.
func connected(to address: SocketAddress) throws -> Int32 {
  let number = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
  let result = address.withSystemAddress {
    connect(number, $0.assumingMemoryBound(to: sockaddr.self), $1)
  }
  try #require(result == 0)
  return number
}

/// A socket of another owner, which the caller closes; its file stays.
func listening(at path: String, backlog: Int32) throws -> Int32 {
  let address = try #require(SocketAddress(unixPath: bytes(path)))
  let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  let result = address.withSystemAddress {
    bind(number, $0.assumingMemoryBound(to: sockaddr.self), $1)
  }
  try #require(result == 0 && listen(number, backlog) == 0)
  return number
}
