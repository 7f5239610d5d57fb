import Foundation

/// CHANGELOG.md of the repository.
enum Changelog {
  /// The day of the newest version, as mdoc(7) writes it: `November 29, 2026`.
  static var date: String {
    guard let (year, month, day) = newest else { return "" }
    return "\(months[month - 1]) \(day), \(year)"
  }

  /// From the first heading with a date: `## 0.1.0 (2026-11-29)`.
  private static var newest: (year: Int, month: Int, day: Int)? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard
      let text = try? String(contentsOf: root.appending(path: "CHANGELOG.md"), encoding: .utf8),
      let match = text.firstMatch(of: #/## \S+ \((\d{4})-(\d\d)-(\d\d)\)/#),
      let year = Int(match.output.1), let month = Int(match.output.2),
      let day = Int(match.output.3)
    else { return nil }
    return (year, month, day)
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
}
