internal import CCurl

/// Field lines as libcurl takes them, in front of a list that many requests share: the nodes are made by hand,
/// so that a request costs no allocation for each of its fields. Its memory is used again.
struct FieldList: ~Copyable {
  private var text = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 256)
  private var nodes = UnsafeMutableBufferPointer<curl_slist>.allocate(capacity: 8)

  deinit {
    text.deallocate()
    nodes.deallocate()
  }

  /// Fills the list; returns its head, valid until filled again. `shared` follows and must outlive that.
  mutating func fill(
    with lines: FieldLines, before shared: UnsafeMutablePointer<curl_slist>?
  ) -> UnsafeMutablePointer<curl_slist>? {
    reserve(lines)
    _ = UnsafeMutableRawBufferPointer(text).initializeMemory(as: UInt8.self, from: lines.bytes)
    var start = text.baseAddress!
    for index in 0..<lines.count {
      let next = index + 1 < lines.count ? nodes.baseAddress! + index + 1 : shared
      nodes.initializeElement(at: index, to: curl_slist(data: start, next: next))
      while start.pointee != 0 { start += 1 }
      start += 1
    }
    return lines.count > 0 ? nodes.baseAddress : shared
  }

  private mutating func reserve(_ lines: FieldLines) {
    if text.count < lines.bytes.count {
      text.deallocate()
      text = .allocate(capacity: lines.bytes.count * 2)
    }
    if nodes.count < lines.count {
      nodes.deallocate()
      nodes = .allocate(capacity: lines.count * 2)
    }
  }
}
