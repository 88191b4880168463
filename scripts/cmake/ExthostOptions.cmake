# Compiler settings for our own targets only, carried by the interface library exthost_options.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# What people install has to be small in memory, too: -O3 makes more code of the same speed.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-Wl,--gc-sections")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()

find_package(Threads REQUIRED)

add_library(exthost_options INTERFACE)
target_include_directories(exthost_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_definitions(exthost_options INTERFACE EXTHOST_VERSION="${PROJECT_VERSION}")
target_compile_options(exthost_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual)
target_link_libraries(exthost_options INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC 12 warns falsely of `"literal" + std::string(...)` when it optimises (its bug 105329).
  target_compile_options(exthost_options INTERFACE -Wno-restrict)
endif()

if(EXTHOST_WARNINGS_AS_ERRORS)
  target_compile_options(exthost_options INTERFACE -Werror)
endif()

if(EXTHOST_SANITIZE)
  target_compile_options(exthost_options INTERFACE -fsanitize=${EXTHOST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(exthost_options INTERFACE -fsanitize=${EXTHOST_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND EXTHOST_SANITIZE MATCHES "undefined")
    # GCC 12 checks the vptr of an object under construction before it has one.
    target_compile_options(exthost_options INTERFACE -fno-sanitize=vptr)
  endif()
endif()

if(EXTHOST_FUZZ)
  target_compile_options(exthost_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# exthost_layer(NAME SOURCES... [LINK targets...]): one static library a layer of the house.
function(exthost_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  if(ARG_SOURCES)
    add_library(exthost_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(exthost_${name} PUBLIC exthost_options ${ARG_LINK})
  else()
    add_library(exthost_${name} INTERFACE)
    target_link_libraries(exthost_${name} INTERFACE exthost_options ${ARG_LINK})
  endif()
endfunction()

# exthost_cold(NAME...): layers whose speed nobody waits for are made small in releases.
function(exthost_cold)
  foreach(name IN LISTS ARGN)
    target_compile_options(exthost_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
  endforeach()
endfunction()
