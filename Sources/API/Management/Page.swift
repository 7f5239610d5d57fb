import Bytes
import HTTPServer
import JSON

/// Which part of a list is wanted: `?page=2&per_page=50`.
package struct Page {
  /// The most that one page has.
  package static let largest = 100

  /// From 1.
  let number: Int
  let size: Int

  /// Reads the query; the first page of 20 where it says nothing.
  @inline(never)
  init(_ target: Target?) throws(APIError) {
    number = try Page.read(target, "page", in: 1...1_000_000, standard: 1)
    size = try Page.read(target, "per_page", in: 1...Page.largest, standard: 20)
  }

  /// How many come before it.
  var start: Int { (number - 1) * size }

  /// Writes `meta` of a list of so many.
  func writeMeta(total: Int, to writer: inout JSONWriter) {
    writer.name("meta")
    writer.beginObject()
    writer.member("page", integer: number)
    writer.member("per_page", integer: size)
    writer.member("total", integer: total)
    writer.endObject()
  }

  private static func read(
    _ target: Target?, _ name: StaticString, in range: ClosedRange<Int>, standard: Int
  ) throws(APIError) -> Int {
    guard let text = target?.parameter(name) else { return standard }
    guard let number = Int(decimal: text.span), range ~= number else {
      throw .invalid(
        name, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
