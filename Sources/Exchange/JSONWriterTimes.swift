import Bytes
package import JSON
import Platform

extension JSONWriter {
  /// Writes a member that is a time, in milliseconds since 1970.
  package mutating func member(_ name: StaticString, time milliseconds: Int64) {
    self.name(name)
    string(time: milliseconds)
  }

  /// Writes a time, in milliseconds since 1970.
  @inline(never)
  package mutating func string(time milliseconds: Int64) {
    var text: [UInt8] = []
    WallTime(milliseconds: milliseconds).append(to: &text, precision: .milliseconds)
    string(text.span)
  }
}
