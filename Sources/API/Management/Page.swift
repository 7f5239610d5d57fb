import Bytes
import HTTPServer
import JSON

/// The part of a list that a request asks for: `?page=2&per_page=50`.
package struct Page {
  /// The largest `per_page`.
  package static let largest = 100

  /// From 1.
  let number: Int
  let size: Int

  /// Reads the query. The default is the first page, of 20 items.
  @inline(never)
  init(_ target: Target?) throws(APIError) {
    number = try Page.read(target, "page", in: 1...1_000_000, standard: 1)
    size = try Page.read(target, "per_page", in: 1...Page.largest, standard: 20)
  }

  /// The number of items before the page.
  var start: Int { (number - 1) * size }

  /// Writes `meta` of a list with `total` items.
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
