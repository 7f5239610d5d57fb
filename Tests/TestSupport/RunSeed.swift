import Foundation
public import Testing

/// The seed of all random tests of one run: `POSTERN_SEED`, or a new one.
enum RunSeed {
  static let value: UInt64 =
    ProcessInfo.processInfo.environment["POSTERN_SEED"].map { text in
      guard let seed = UInt64(text) else { fatalError("POSTERN_SEED is not a number: \(text)") }
      return seed
    } ?? .random(in: 0...UInt64(UInt32.max))
}

extension Trait where Self == IssueHandlingTrait {
  /// Adds the run's seed to each issue, so that the test can be repeated.
  public static var seeded: Self {
    .compactMapIssues { issue in
      var issue = issue
      issue.comments.append("POSTERN_SEED=\(RunSeed.value)")
      return issue
    }
  }
}
