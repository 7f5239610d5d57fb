/// What the reference, the sample and the API's description say about a setting.
///
/// A literal is the summary alone. The product drops these texts: only debug builds, which write the documents,
/// keep them.
package struct SettingDocumentation: Sendable, ExpressibleByStringLiteral {
  #if !hasFeature(Embedded)
    /// What the setting does, Markdown.
    package let summary: StaticString
    /// A value worth showing instead of the default. Of a family, the rest of the key comes first:
    /// `Authorization = …`.
    package let example: StaticString
    /// What holds where the file gives no value and there is no default.
    package let absence: StaticString
  #endif

  @inline(__always)
  init(_ summary: StaticString, example: StaticString = "", absence: StaticString = "") {
    #if !hasFeature(Embedded)
      self.summary = summary
      self.example = example
      self.absence = absence
    #endif
  }

  @inline(__always)
  package init(stringLiteral summary: StaticString) {
    self.init(summary)
  }
}
