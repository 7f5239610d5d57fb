internal import CCurl
import Bytes

/// Field lines as libcurl takes them, before a list that many requests share: one node, made by hand, so that
/// a request costs no allocation. Its memory is used again.
struct FieldList: ~Copyable {
  private var text = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
  private let node = UnsafeMutablePointer<curl_slist>.allocate(capacity: 1)

  deinit {
    text.deallocate()
    node.deallocate()
  }

  /// Fills the list; returns its head, valid until filled again. `shared` follows and must outlive that.
  mutating func fill(
    with lines: FieldLines, before shared: UnsafeMutablePointer<curl_slist>?
  ) -> UnsafeMutablePointer<curl_slist>? {
    let count = lines.bytes.count
    guard count > 0 else { return shared }
    if text.count <= count {
      text.deallocate()
      text = .allocate(byteCount: 2 * count, alignment: 1)
    }
    lines.bytes.withUnsafeBytes { text.copyMemory(from: $0) }
    text[count] = 0
    node.initialize(
      to: curl_slist(data: text.assumingMemoryBound(to: CChar.self).baseAddress, next: shared))
    return node
  }
}
