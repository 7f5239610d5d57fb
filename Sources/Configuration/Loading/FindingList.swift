import Bytes

/// Findings as they are made.
struct FindingList {
  private(set) var findings: [Finding] = []

  /// Adds an error: that a setting is missing, where there is one.
  @inline(never)
  mutating func report(_ line: Int, _ message: Text, missing: StaticString? = nil) {
    findings.append(Finding(line: line, severity: .error, missing: missing, message: message))
  }

  /// Adds a warning.
  @inline(never)
  mutating func warn(_ line: Int, _ message: Text) {
    findings.append(Finding(line: line, severity: .warning, missing: nil, message: message))
  }

  /// Brings the findings from `start` on, which are few and nearly in order, to their lines among the
  /// others, which are in order. Of findings at one line, the earlier stays first.
  ///
  /// By insertion: the standard library's sort takes several kilobytes of code.
  mutating func order(from start: Int) {
    var late = Array(findings[start...])
    for end in late.indices {
      var index = end
      while index > 0, late[index - 1].line > late[index].line {
        late.swapAt(index - 1, index)
        index -= 1
      }
    }
    var position = findings.count
    var other = start
    while let last = late.last {
      position -= 1
      if other > 0, findings[other - 1].line > last.line {
        other -= 1
        findings[position] = findings[other]
      } else {
        findings[position] = last
        late.removeLast()
      }
    }
  }
}
