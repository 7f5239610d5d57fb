import Bytes

/// Findings in the order in which they are made.
struct FindingList {
  private(set) var findings: [Finding] = []

  /// Adds an error; `missing` is the setting that is missing, if that is the error.
  @inline(never)
  mutating func report(_ line: Int, _ message: Text, missing: StaticString? = nil) {
    findings.append(Finding(line: line, severity: .error, missing: missing, message: message))
  }

  /// Adds a warning.
  @inline(never)
  mutating func warn(_ line: Int, _ message: Text) {
    findings.append(Finding(line: line, severity: .warning, missing: nil, message: message))
  }

  /// Drops the errors of a line that does not count any more.
  mutating func dropErrors(at line: Int) {
    findings.removeAll { $0.line == line && $0.severity == .error }
  }

  /// Gives each finding the file and the line that it has there.
  mutating func place(by lines: LineMap) {
    guard lines.hasLayers else { return }
    for index in findings.indices {
      let place = lines.place(of: findings[index].line)
      findings[index].file = place.path
      findings[index].line = place.line
    }
  }

  /// Sorts by line. Findings before `start` are in order; those after it are few and nearly in order.
  ///
  /// The sort is stable. It inserts, because the standard library's sort needs several kilobytes of code.
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
