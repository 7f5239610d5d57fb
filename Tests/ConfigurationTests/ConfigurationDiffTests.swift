import Bytes
import Testing
import TestSupport

@testable import Configuration

@Suite struct ConfigurationDiffTests {
  @Test(
    arguments: [
      ("", "", ""),
      ("[bot a]\n", "[bot a]\n", ""),
      ("", "[bot a]\n", "@@ -0,0 +1 @@\n+[bot a]\n"),
      (
        "[bot a]\nwindow = 5\n", "[bot a]\nwindow = 6\n",
        "@@ -2 +2 @@ [bot a]\n-window = 5\n+window = 6\n"
      ),
      ("[bot a]\n\n[bot b]\n", "[bot a]\n", "@@ -2,2 +1,0 @@ [bot a]\n-\n-[bot b]\n"),
      (
        "[bot a]", "[bot a]\nwindow = 5\n",
        "@@ -1 +1,2 @@ [bot a]\n-[bot a]\n\\ No newline at end of file\n+[bot a]\n+window = 5\n"
      ),
      ("[bot a]\r\n", "[bot a]\r\nwindow = 5\r\n", "@@ -1,0 +2 @@ [bot a]\n+window = 5\n"),
      // Secrets, also of settings that do not exist and of former times.
      (
        "[key a]\nsecret = one\n", "[key a]\nsecret = two\n",
        "@@ -2 +2 @@ [key a]\n-secret = ****\n+secret = ****\n"
      ),
      (
        "[integration a]\n# header.X = old\n", "[integration a]\n",
        "@@ -2 +1,0 @@ [integration a]\n-# header.X =****\n"
      ),
      (
        "[integration a]\nnosuch = x\n", "[integration a]\n",
        "@@ -2 +1,0 @@ [integration a]\n-nosuch = ****\n"
      ),
      (
        "[integration a]\nwebhook_url = http://h/p?key=1\n",
        "[integration a]\nwebhook_url = http://h/p\n",
        "@@ -2 +2 @@ [integration a]\n-webhook_url = ****\n+webhook_url = http://h/p\n"
      ),
    ] as [(String, String, String)])
  func shows(old: String, new: String, hunks: String) {
    let expected = hunks.isEmpty ? "" : "--- F\n+++ F\n" + hunks
    #expect(diff(old, new) == expected)
  }

  /// A diff tells all that differs: applied to the old text it makes the new one.
  @Test(arguments: 0..<200)
  func appliesToTheOldText(seed: Int) {
    var random = SeededGenerator(fixed: UInt64(seed))
    let words = ["[bot a]", "", "window = 5", "[bot b]", "name = x"]
    // A value outside of sections is not shown.
    let rest = (0..<Int.random(in: 0...12, using: &random)).map { _ in
      words.randomElement(using: &random)!
    }
    let old = ["[bot c]"] + rest
    var new = old
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let place = Int.random(in: 1...new.count, using: &random)
      if Bool.random(using: &random), place < new.count {
        new.remove(at: place)
      } else {
        new.insert(words.randomElement(using: &random)!, at: place)
      }
    }
    let text = diff(old.map { $0 + "\n" }.joined(), new.map { $0 + "\n" }.joined())
    #expect(applied(text, to: old) == new, "\(old) \(new) \(text)")
  }

  private func diff(_ old: String, _ new: String) -> String {
    text(
      ConfigurationDiff(
        from: INIDocument(parsing: bytes(old)), to: INIDocument(parsing: bytes(new))
      ).text(path: bytes("F")))
  }

  private func applied(_ diff: String, to old: [String]) -> [String] {
    var (result, place) = ([String](), 0)
    for line in diff.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2) {
      switch line.first {
      case "@":
        let range = line.split(separator: " ")[1].dropFirst().split(separator: ",")
        let start = Int(range[0])! - (range.count == 2 && range[1] == "0" ? 0 : 1)
        result += old[place..<start]
        place = start
      case "-": place += 1
      case "+": result.append(String(line.dropFirst()))
      default: break
      }
    }
    return result + old[place...]
  }
}
