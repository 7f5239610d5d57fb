import Testing

@testable import Configuration

/// Which models an alias means.
@Suite struct ModelAliasTests {
  private func alias(_ text: String) throws -> ModelAlias {
    try ModelAlias(WrittenValue(bytes: Array(text.utf8), isDerived: false))
  }

  @Test(
    arguments: [
      ("gpt-4o", "gpt-4o", true), ("gpt-4o", "gpt-4o-mini", false), ("gpt-4o", "GPT-4o", false),
      ("gpt-*", "gpt-", true), ("gpt-*", "gpt-4o", true), ("gpt-*", "gpt", false),
      ("gpt-*", "my-gpt-4o", false), ("*", "", true), ("*", "llama3:8b", true),
      ("openai/*", "openai/gpt-3.5-turbo", true),
    ] as [(String, String, Bool)])
  func matches(text: String, model: String, expected: Bool) throws {
    #expect(try alias(text).matches(Array(model.utf8).span) == expected)
  }

  @Test(
    arguments: [
      ("gpt-4o", "gpt-4*", true), ("gpt-4*", "gpt-4o", false), ("gpt-4*", "gpt-*", true),
      ("gpt-*", "*", true), ("*", "gpt-*", false),
    ] as [(String, String, Bool)])
  func isCloser(text: String, other: String, expected: Bool) throws {
    #expect(try alias(text).isCloser(than: alias(other)) == expected)
  }

  @Test(
    arguments: [
      ("[bot a]\naliases = gpt-4o, gpt-*, GPT-3.5, openai/gpt, llama3:8b, *", []),
      (
        "[bot a]\naliases = gpt*4",
        ["2: aliases: 'gpt*4' has a * before its end; only the last character may be one"]
      ),
      (
        "[bot a]\naliases = a b",
        [
          "2: aliases: 'a b' is not a name: 1 to 128 characters of printable ASCII without blanks"
        ]
      ),
      (
        "[bot a]\naliases = x,", ["2: aliases: a part of the list is empty; remove the extra comma"]
      ),
      ("[bot a]\naliases = x, y, x", ["2: aliases: 'x' stands in the list twice"]),
      ("[bot a]\naliases = a", ["2: aliases: 'a' is the name of [bot a]; leave it out"]),
      ("[bot a]\naliases = b\n[bot b]", ["2: aliases: 'b' is the name of [bot b]; leave it out"]),
      (
        "[bot a]\naliases = x*\n[bot b]\naliases = x*, x",
        ["4: aliases: 'x*' is an alias of [bot a], too"]
      ),
    ] as [(String, [String])])
  func listsAreChecked(text: String, expected: [String]) {
    #expect(load(text).lines == expected)
  }
}
