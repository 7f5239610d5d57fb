/// The typed settings of a section.
protocol SectionSettings {
  /// Binds each row of the section's table to its field, in the order of the reference.
  ///
  /// This is the only place that names a setting's key, values, default and field.
  mutating func bind(_ rows: inout SettingRows)
}
