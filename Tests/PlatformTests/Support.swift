import Bytes
import Foundation
import TestSupport

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
