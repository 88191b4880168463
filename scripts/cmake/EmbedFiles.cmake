# Files inside the program.
#
# exthost_embed(TARGET NAMESPACE::FUNCTION BASE FOLDER FILES FILE...)
#
# Adds to TARGET a generated source that defines
#     std::span<const exthost::base::EmbeddedFile> NAMESPACE::FUNCTION()
# (emulator/base/embedded_file.h; declare it where it is used). Each FILE, a path relative to FOLDER, is listed by that path,
# in the order given. The source is made anew when a file changes. Files may hold any bytes; about 1 MiB each is sensible.
#
# The same script does the work at build time: cmake -P EmbedFiles.cmake, with LIST, OUTPUT, BASE and SYMBOL defined.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  function(exthost_embed target symbol)
    cmake_parse_arguments(ARG "" "BASE" "FILES" ${ARGN})
    get_filename_component(base "${ARG_BASE}" ABSOLUTE)
    string(REPLACE "::" "_" name "${symbol}")
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.cpp")
    set(list "${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.list")
    list(JOIN ARG_FILES "\n" lines)
    file(CONFIGURE OUTPUT "${list}" CONTENT "${lines}\n" @ONLY)
    list(TRANSFORM ARG_FILES PREPEND "${base}/" OUTPUT_VARIABLE sources)
    add_custom_command(
      OUTPUT "${output}"
      COMMAND "${CMAKE_COMMAND}" "-DLIST=${list}" "-DOUTPUT=${output}" "-DBASE=${base}" "-DSYMBOL=${symbol}"
              -P "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
      DEPENDS ${sources} "${list}" "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
      COMMENT "Embedding the files of ${target}"
      VERBATIM)
    target_sources(${target} PRIVATE "${output}")
    # Clang counts the bytes of a literal against what the standard obliges every compiler to take.
    set_source_files_properties("${output}" PROPERTIES COMPILE_OPTIONS "-Wno-overlength-strings")
  endfunction()

  return()
endif()

string(REGEX MATCH "^(.*)::([^:]+)$" matched "${SYMBOL}")
set(namespace "${CMAKE_MATCH_1}")
set(function "${CMAKE_MATCH_2}")

file(STRINGS "${LIST}" files)
set(rows "")
file(WRITE "${OUTPUT}.tmp" "// Made by EmbedFiles.cmake.\n#include \"emulator/base/embedded_file.h\"\n\nnamespace ${namespace} {\n")
file(APPEND "${OUTPUT}.tmp" "std::span<const exthost::base::EmbeddedFile> ${function}();\n\nnamespace {\n")
set(index 0)
foreach(file IN LISTS files)
  file(SIZE "${BASE}/${file}" size)
  file(READ "${BASE}/${file}" hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
  file(APPEND "${OUTPUT}.tmp" "constexpr char kFile${index}[] = \"${bytes}\";\n")
  string(APPEND rows "    {\"${file}\", {kFile${index}, ${size}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(APPEND "${OUTPUT}.tmp"
  "constexpr exthost::base::EmbeddedFile kFiles[] = {\n${rows}};\n}  // namespace\n\n"
  "std::span<const exthost::base::EmbeddedFile> ${function}() { return kFiles; }\n\n}  // namespace ${namespace}\n")
file(RENAME "${OUTPUT}.tmp" "${OUTPUT}")
