/// What the reference, the sample and the API's description say about a setting.
///
/// The product drops these texts: only debug builds, which write the documents, keep them.
package struct SettingDocumentation: Sendable {
  #if hasFeature(Embedded)
    @inline(__always)
    init(example: StaticString, absence: StaticString, summary: StaticString) {}
  #else
    /// A value worth showing instead of the default. Of a family, the rest of the key comes first:
    /// `Authorization = …`.
    package let example: StaticString
    /// What holds where the file gives no value and there is no default.
    package let absence: StaticString
    /// What the setting does, Markdown.
    package let summary: StaticString
  #endif
}
